package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

// log is what the checks share of one folder.
type log struct {
	folder string
	policy torchwood.Policy
	sizes  []int64
	trees  map[int64]tlog.Tree
	tiles  *torchwood.TileFS
}

func verify(folder string) error {
	text, err := os.ReadFile(filepath.Join(folder, "policy"))
	if err != nil {
		return err
	}
	policy, err := torchwood.ParsePolicy(text)
	if err != nil {
		return err
	}
	sizes, err := numbers(filepath.Join(folder, "checkpoints"))
	if err != nil {
		return err
	}
	tiles, err := torchwood.NewTileFS(os.DirFS(folder))
	if err != nil {
		return err
	}
	l := &log{folder, policy, sizes, map[int64]tlog.Tree{}, tiles}
	for _, check := range []struct {
		name string
		run  func() error
	}{
		{"checkpoints", l.checkpoints},
		{"roots", l.roots},
		{"entries", l.entries},
		{"inclusion", l.inclusion},
		{"consistency", l.consistency},
		{"offline", l.offline},
	} {
		if err := check.run(); err != nil {
			fmt.Printf("bad %s: %s\n", check.name, strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Printf("ok %s\n", check.name)
		}
	}
	return nil
}

// checkpoints are signed, cosigned by a quorum at a time after 2020, and state the size by which they are called.
func (l *log) checkpoints() error {
	var failed error
	for _, size := range l.sizes {
		signed, err := os.ReadFile(filepath.Join(l.folder, "checkpoints", strconv.FormatInt(size, 10)))
		if err != nil {
			return err
		}
		checkpoint, note, err := torchwood.VerifyCheckpoint(signed, l.policy)
		if err != nil {
			failed = fmt.Errorf("size %d: %w", size, err)
			continue
		}
		if checkpoint.N != size {
			return fmt.Errorf("size %d says %d", size, checkpoint.N)
		}
		for _, signature := range note.Sigs {
			if signature.Name == checkpoint.Origin {
				continue
			}
			at, err := torchwood.CosignatureTimestamp(signature)
			if err != nil || at < 1577836800 {
				return fmt.Errorf("size %d: time %d: %v", size, at, err)
			}
		}
		l.trees[size] = checkpoint.Tree
	}
	return failed
}

func (l *log) hashes(size int64) tlog.HashReader {
	return torchwood.TileHashReaderWithContext(context.Background(), l.trees[size], l.tiles)
}

// roots are what the tiles of each size give.
func (l *log) roots() error {
	for size, tree := range l.trees {
		if size == 0 {
			continue
		}
		root, err := tlog.TreeHash(size, l.hashes(size))
		if err != nil {
			return fmt.Errorf("size %d: %w", size, err)
		}
		if root != tree.Hash {
			return fmt.Errorf("size %d has another root", size)
		}
	}
	return nil
}

func (l *log) newest() (tlog.Tree, error) {
	size := l.sizes[len(l.sizes)-1]
	tree, ok := l.trees[size]
	if !ok {
		return tree, fmt.Errorf("the newest checkpoint was not believed")
	}
	return tree, nil
}

// entries are all there, each as it was written, under the newest root.
func (l *log) entries() error {
	tree, err := l.newest()
	if err != nil {
		return err
	}
	client, err := torchwood.NewClient(l.tiles)
	if err != nil {
		return err
	}
	var count int64
	for i, got := range client.AllEntries(context.Background(), tree, 0) {
		if i != count || !bytes.Equal(got, entry(i)) {
			return fmt.Errorf("entry %d is another", count)
		}
		count++
	}
	if err := client.Err(); err != nil {
		return err
	}
	if count != tree.N {
		return fmt.Errorf("%d entries of %d", count, tree.N)
	}
	return nil
}

func (l *log) inclusion() error {
	return l.lines("inclusion", func(index, size int64, proof []tlog.Hash) error {
		tree, ok := l.trees[size]
		if !ok {
			return fmt.Errorf("no such tree")
		}
		return tlog.CheckRecord(proof, size, tree.Hash, index, tlog.RecordHash(entry(index)))
	})
}

func (l *log) consistency() error {
	return l.lines("consistency", func(old, new int64, proof []tlog.Hash) error {
		from, known := l.trees[old]
		to, also := l.trees[new]
		if !known || !also {
			return fmt.Errorf("no such tree")
		}
		return tlog.CheckTree(proof, new, to.Hash, old, from.Hash)
	})
}

// lines calls check for each line of a file of proofs.
func (l *log) lines(file string, check func(int64, int64, []tlog.Hash) error) error {
	text, err := os.ReadFile(filepath.Join(l.folder, file))
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for _, line := range lines {
		words := strings.Fields(line)
		if len(words) < 2 {
			return fmt.Errorf("no proof: %q", line)
		}
		first, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil {
			return err
		}
		second, err := strconv.ParseInt(words[1], 10, 64)
		if err != nil {
			return err
		}
		var proof []tlog.Hash
		for _, word := range words[2:] {
			hash, err := base64.StdEncoding.DecodeString(word)
			if err != nil || len(hash) != tlog.HashSize {
				return fmt.Errorf("no hash: %q", word)
			}
			proof = append(proof, tlog.Hash(hash))
		}
		if err := check(first, second, proof); err != nil {
			return fmt.Errorf("%d %d: %w", first, second, err)
		}
	}
	return nil
}

// offline proofs bind their entry to the policy, and carry the extra data where they should.
func (l *log) offline() error {
	indexes, err := numbers(filepath.Join(l.folder, "proofs"))
	if err != nil {
		return err
	}
	for _, index := range indexes {
		proof, err := os.ReadFile(filepath.Join(l.folder, "proofs", strconv.FormatInt(index, 10)))
		if err != nil {
			return err
		}
		if err := torchwood.VerifyProof(l.policy, tlog.RecordHash(entry(index)), proof); err != nil {
			return fmt.Errorf("%d: %w", index, err)
		}
		got, err := torchwood.ProofExtraData(proof)
		if (err == nil) != (index%2 == 0) || (err == nil && !bytes.Equal(got, extra(index))) {
			return fmt.Errorf("%d has extra data %q: %v", index, got, err)
		}
	}
	return nil
}
