// emit is the only program of the image that the tests' containers run.
//
//	emit pause                   waits for a signal: what a sandbox runs
//	emit lines RATE PAD COUNT RC numbered lines on stdout, RATE a second with PAD bytes of filler each, and exits with RC
//	                             after COUNT; 0 goes on until SIGTERM
//
// The first line is "start", the last one "end N", so that what is missing at either end of a log shows too.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// tick is how often lines that are due are written: bursts, as programs log.
const tick = 10 * time.Millisecond

func main() {
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	switch {
	case len(os.Args) == 2 && os.Args[1] == "pause":
		<-terminated
	case len(os.Args) == 6 && os.Args[1] == "lines":
		lines(number(2), number(3), number(4), terminated)
		os.Exit(number(5))
	default:
		log.Fatalf("usage: emit pause | emit lines RATE PAD COUNT RC, not %q", os.Args)
	}
}

func number(index int) int {
	value, err := strconv.Atoi(os.Args[index])
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// lines writes until count or a signal; each line is one write, as a program without buffers does it.
func lines(rate, pad, count int, terminated <-chan os.Signal) {
	filler := bytes.Repeat([]byte("x"), pad)
	began, written := time.Now(), 0
	fmt.Println("start")
	for count == 0 || written < count {
		due := int(time.Since(began).Seconds() * float64(rate))
		for written < due && (count == 0 || written < count) {
			written++
			fmt.Printf("line %09d %s\n", written, filler)
		}
		select {
		case <-terminated:
			count = written
		case <-time.After(tick):
		}
	}
	fmt.Printf("end %d\n", written)
}
