// Go's net and net/http: server PORT echo|sink|source|http [THREADS]. See io.chagres.compare.server.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
)

const piece = 64 * 1024

// A goroutine for each connection, as Go's documentation recommends. net sets TCP_NODELAY by itself.
func serve(client net.Conn, mode string) {
	defer client.Close()
	room := make([]byte, piece)
	switch mode {
	case "echo":
		for {
			count, err := client.Read(room)
			if err != nil {
				return
			}
			if _, err = client.Write(room[:count]); err != nil {
				return
			}
		}
	case "sink":
		for {
			if _, err := client.Read(room); err != nil {
				return
			}
		}
	case "source":
		for {
			if _, err := client.Write(room); err != nil {
				return
			}
		}
	}
}

func hello(answer http.ResponseWriter, request *http.Request) {
	answer.Header().Set("Content-Type", "text/plain")
	io.WriteString(answer, "Hello, World!")
}

func main() {
	threads := 1
	if len(os.Args) > 3 {
		threads, _ = strconv.Atoi(os.Args[3])
	}
	runtime.GOMAXPROCS(threads)
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening", listener.Addr().(*net.TCPAddr).Port)
	if os.Args[2] == "http" {
		fmt.Fprintln(os.Stderr, http.Serve(listener, http.HandlerFunc(hello)))
		os.Exit(1)
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			continue
		}
		go serve(client, os.Args[2])
	}
}
