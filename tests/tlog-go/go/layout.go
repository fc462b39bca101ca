// What both directions share: the invented entries, and where things lie beside the log's own resources.
//
//	policy, vkey      C2SP tlog-policy; the log's key
//	checkpoints/SIZE  the signed and cosigned checkpoint of each size; `checkpoint` is the newest
//	tile/...          C2SP tlog-tiles, the partial tiles of every size among them
//	inclusion         lines `INDEX SIZE HASH...`
//	consistency       lines `OLD NEW HASH...`
//	proofs/INDEX      C2SP tlog-proof of the newest size; with extra data where the index is even
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// entry is the log's entry at index i; every fifth is empty.
func entry(i int64) []byte {
	return []byte(strings.Repeat(fmt.Sprintf("entry %d;", i), int(i%5)))
}

func extra(i int64) []byte {
	return []byte(fmt.Sprintf("extra of %d", i))
}

// numbers gives the names of the files in a folder, which are numbers, in order.
func numbers(folder string) ([]int64, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var found []int64
	for _, file := range files {
		n, err := strconv.ParseInt(file.Name(), 10, 64)
		if err != nil {
			return nil, err
		}
		found = append(found, n)
	}
	sort.Slice(found, func(a, b int) bool { return found[a] < found[b] })
	return found, nil
}

func put(folder, path string, data []byte) error {
	place := filepath.Join(folder, path)
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		return err
	}
	return os.WriteFile(place, data, 0o644)
}
