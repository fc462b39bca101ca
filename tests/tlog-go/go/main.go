// A log read and a log written by other people's libraries: golang.org/x/mod/sumdb, filippo.io/torchwood.
//
//	tlog verify FOLDER           prints `ok CHECK` or `bad CHECK: why`, one line each
//	tlog write FOLDER SIZE...    writes a log that grew through these sizes
//	tlog know DATABASE ORIGIN KEY  has the litewitness of this database cosign a log
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(words []string) error {
	if len(words) < 2 {
		return fmt.Errorf("usage: verify FOLDER | write FOLDER SIZE | know DATABASE ORIGIN KEY")
	}
	switch words[0] {
	case "verify":
		return verify(words[1])
	case "write":
		var sizes []int64
		for _, word := range words[2:] {
			size, err := strconv.ParseInt(word, 10, 64)
			if err != nil {
				return err
			}
			sizes = append(sizes, size)
		}
		return write(words[1], sizes)
	case "know":
		if len(words) != 4 {
			return fmt.Errorf("usage: know DATABASE ORIGIN KEY")
		}
		return know(words[1], words[2], words[3])
	default:
		return fmt.Errorf("no such word: %q", words[0])
	}
}
