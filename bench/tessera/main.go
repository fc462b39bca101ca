// tessera measures the POSIX driver of Tessera, the log that our own is compared with: entries that come from many
// writers at once, and entries that come alone. It prints one line of JSON and judges nothing.
//
//	tessera -dir EMPTY -writers 1024 -seconds 10   {"seconds":10.0,"durable":400000}
//	tessera -dir EMPTY -lone 20                    {"durable_ms":[...],"published_ms":[...]}
//
// Without -batch, -age and -checkpoint all is as Tessera has it by default.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

var (
	dir        = flag.String("dir", "", "an empty folder, on the disk that is measured")
	size       = flag.Int("bytes", 200, "bytes of an entry")
	writers    = flag.Int("writers", 1024, "how many add entries at a time, each one after the other")
	seconds    = flag.Float64("seconds", 10, "for how long they do")
	lone       = flag.Int("lone", 0, "in their place, so many entries one after the other, each until it is published")
	batch      = flag.Uint("batch", tessera.DefaultBatchMaxSize, "entries after which a batch is written")
	age        = flag.Duration("age", tessera.DefaultBatchMaxAge, "time after which a batch is written")
	checkpoint = flag.Duration("checkpoint", tessera.DefaultCheckpointInterval, "time between checkpoints")
)

func main() {
	flag.Parse()
	ctx := context.Background()
	add, read, end := open(ctx)
	var found any
	if *lone > 0 {
		found = alone(ctx, add, read)
	} else {
		found = together(ctx, add)
	}
	must(end(ctx))
	must(json.NewEncoder(os.Stdout).Encode(found))
}

func open(ctx context.Context) (tessera.AddFn, tessera.LogReader, func(context.Context) error) {
	secret, _, err := note.GenerateKey(rand.Reader, "bench.example/log")
	must(err)
	signer, err := note.NewSigner(secret)
	must(err)
	driver, err := posix.New(ctx, posix.Config{Path: *dir})
	must(err)
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithBatching(*batch, *age).
		WithCheckpointInterval(*checkpoint)
	appender, end, read, err := tessera.NewAppender(ctx, driver, options)
	must(err)
	return appender.Add, read, end
}

// Entries are counted when Tessera has given them an index: then they are durable.
func together(ctx context.Context, add tessera.AddFn) any {
	var durable atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	until := begun.Add(time.Duration(*seconds * float64(time.Second)))
	for range *writers {
		all.Go(func() {
			for time.Now().Before(until) {
				if _, err := add(ctx, entry())(); err == nil {
					durable.Add(1)
				}
			}
		})
	}
	all.Wait()
	return map[string]any{"seconds": time.Since(begun).Seconds(), "durable": durable.Load()}
}

func alone(ctx context.Context, add tessera.AddFn, read tessera.LogReader) any {
	awaiter := tessera.NewPublicationAwaiter(ctx, read.ReadCheckpoint, 5*time.Millisecond)
	durable, published := []float64{}, []float64{}
	for range *lone {
		begun := time.Now()
		future := add(ctx, entry())
		_, err := future()
		must(err)
		durable = append(durable, since(begun))
		_, _, err = awaiter.Await(ctx, future)
		must(err)
		published = append(published, since(begun))
	}
	return map[string]any{"durable_ms": durable, "published_ms": published}
}

func since(begun time.Time) float64 { return time.Since(begun).Seconds() * 1e3 }

func entry() *tessera.Entry {
	bytes := make([]byte, *size)
	_, _ = rand.Read(bytes)
	return tessera.NewEntry(bytes)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
