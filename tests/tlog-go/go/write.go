package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const origin = "log.example/go/log"

// writer is a log in memory with its keys.
type writer struct {
	folder    string
	hashes    []tlog.Hash
	log       note.Signer
	witnesses []note.Signer
}

// ReadHashes makes it a tlog.HashReader.
func (w *writer) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, w.hashes[index])
	}
	return found, nil
}

func write(folder string, sizes []int64) error {
	w := &writer{folder: folder}
	if err := w.keys(); err != nil {
		return err
	}
	var old int64
	for _, size := range sizes {
		if err := w.grow(old, size); err != nil {
			return err
		}
		old = size
	}
	newest, err := w.checkpoint(old)
	if err != nil {
		return err
	}
	if err := put(folder, "checkpoint", newest); err != nil {
		return err
	}
	return w.proofs(sizes, newest)
}

// keys makes those of the log and of three witnesses, of which two must cosign; the first and the last do.
func (w *writer) keys() error {
	private, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return err
	}
	if w.log, err = note.NewSigner(private); err != nil {
		return err
	}
	policy := fmt.Sprintf("log %s\n", public)
	for i := 1; i <= 3; i++ {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return err
		}
		witness, err := torchwood.NewCosignatureSigner(fmt.Sprintf("w%d.example", i), key)
		if err != nil {
			return err
		}
		policy += fmt.Sprintf("witness w%d %s\n", i, witness.Verifier())
		if i != 2 {
			w.witnesses = append(w.witnesses, witness)
		}
	}
	policy += "group first any w1 w2\ngroup both 2 first w3\nquorum both\n"
	if err := put(w.folder, "vkey", []byte(public+"\n")); err != nil {
		return err
	}
	return put(w.folder, "policy", []byte(policy))
}

func (w *writer) grow(old, size int64) error {
	for i := old; i < size; i++ {
		hashes, err := tlog.StoredHashes(i, entry(i), w)
		if err != nil {
			return err
		}
		w.hashes = append(w.hashes, hashes...)
	}
	for _, tile := range tlog.NewTiles(torchwood.TileHeight, old, size) {
		data, err := tlog.ReadTileData(tile, w)
		if err != nil {
			return err
		}
		if err := put(w.folder, torchwood.TilePath(tile), data); err != nil {
			return err
		}
		if tile.L > 0 {
			continue
		}
		var bundle []byte
		for i := tile.N * torchwood.TileWidth; i < tile.N*torchwood.TileWidth+int64(tile.W); i++ {
			if bundle, err = torchwood.AppendTileEntry(bundle, entry(i)); err != nil {
				return err
			}
		}
		tile.L = -1
		if err := put(w.folder, torchwood.TilePath(tile), bundle); err != nil {
			return err
		}
	}
	signed, err := w.checkpoint(size)
	if err != nil {
		return err
	}
	return put(w.folder, fmt.Sprintf("checkpoints/%d", size), signed)
}

func (w *writer) checkpoint(size int64) ([]byte, error) {
	root, err := tlog.TreeHash(size, w)
	if err != nil {
		return nil, err
	}
	text := torchwood.Checkpoint{Origin: origin, Tree: tlog.Tree{N: size, Hash: root}}.String()
	signers := append([]note.Signer{w.log}, w.witnesses...)
	return note.Sign(&note.Note{Text: text}, signers...)
}

func line(first, second int64, proof []tlog.Hash) string {
	words := []string{fmt.Sprint(first), fmt.Sprint(second)}
	for _, hash := range proof {
		words = append(words, hash.String())
	}
	return strings.Join(words, " ") + "\n"
}

func (w *writer) proofs(sizes []int64, newest []byte) error {
	var inclusion, consistency string
	for _, size := range sizes {
		for _, index := range []int64{0, size / 3, size / 2, size - 1} {
			proof, err := tlog.ProveRecord(size, index, w)
			if err != nil {
				return err
			}
			inclusion += line(index, size, proof)
			if size != sizes[len(sizes)-1] {
				continue
			}
			offline := torchwood.FormatProof(index, proof, newest)
			if index%2 == 0 {
				offline = torchwood.FormatProofWithExtraData(index, extra(index), proof, newest)
			}
			if err := put(w.folder, fmt.Sprintf("proofs/%d", index), offline); err != nil {
				return err
			}
		}
		for _, old := range sizes {
			if old > size {
				break
			}
			proof, err := tlog.ProveTree(size, old, w)
			if err != nil {
				return err
			}
			consistency += line(old, size, proof)
		}
	}
	if err := put(w.folder, "inclusion", []byte(inclusion)); err != nil {
		return err
	}
	return put(w.folder, "consistency", []byte(consistency))
}
