// Command go-caller calls servers at fixed addresses by grpc-go's round_robin, so many times a second whatever becomes
// of the calls: plain ones, each with a deadline of one second. It calls until its standard input ends, and then
// prints how many calls were made and how many failed, of those that began after so many seconds.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
)

const deadline = time.Second

// bytes are sent as they are.
type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }

func (rawCodec) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}

func (rawCodec) Name() string { return "raw" }

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: go-caller address,address,.. /package.Service/Method calls-a-second seconds-not-counted")
	}
	method := os.Args[2]
	rate, err := strconv.Atoi(os.Args[3])
	if err != nil || rate < 1 {
		log.Fatalf("calls a second: %q (expected: a number above 0)", os.Args[3])
	}
	warmUp, err := strconv.Atoi(os.Args[4])
	if err != nil || warmUp < 0 {
		log.Fatalf("seconds not counted: %q (expected: a number from 0)", os.Args[4])
	}
	channel, err := dial(strings.Split(os.Args[1], ","))
	if err != nil {
		log.Fatal(err)
	}

	var made, failed atomic.Int64
	var underWay sync.WaitGroup
	ended := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	counted := time.Now().Add(time.Duration(warmUp) * time.Second)
	// not by a ticker, which leaves calls out where it is late
	next := time.Now()
	for calling := true; calling; {
		select {
		case <-ended:
			calling = false
		case <-time.After(time.Until(next)):
			next = next.Add(time.Second / time.Duration(rate))
			counts := time.Now().After(counted)
			if counts {
				made.Add(1)
			}
			underWay.Add(1)
			go func() {
				defer underWay.Done()
				if err := call(channel, method); err != nil && counts {
					failed.Add(1)
					fmt.Fprintln(os.Stderr, err)
				}
			}()
		}
	}
	underWay.Wait()
	fmt.Printf("made %d failed %d\n", made.Load(), failed.Load())
}

func dial(addresses []string) (*grpc.ClientConn, error) {
	var endpoints []resolver.Endpoint
	for _, address := range addresses {
		endpoints = append(endpoints, resolver.Endpoint{Addresses: []resolver.Address{{Addr: address}}})
	}
	fixed := manual.NewBuilderWithScheme("fixed")
	fixed.InitialState(resolver.State{Endpoints: endpoints})
	return grpc.NewClient("fixed:///echo", grpc.WithResolvers(fixed),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin": {}}]}`),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})))
}

func call(channel *grpc.ClientConn, method string) error {
	context, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	var request, answer []byte
	return channel.Invoke(context, method, &request, &answer)
}
