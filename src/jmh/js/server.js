'use strict';
// Node's net and http: node server.js PORT echo|sink|source|http. See io.chagres.compare.server.
const http = require('http');
const net = require('net');

const PIECE = Buffer.alloc(64 * 1024);

function pour(socket) {
  while (socket.write(PIECE));
}

const serve = {
  echo: (socket) => socket.pipe(socket),
  sink: (socket) => socket.on('data', () => {}),
  source: (socket) => {
    socket.resume();
    socket.on('drain', () => pour(socket));
    pour(socket);
  },
};

const mode = process.argv[3];
const server = mode === 'http'
  ? http.createServer((request, response) => response.setHeader('Content-Type', 'text/plain').end('Hello, World!'))
  : net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    serve[mode](socket);
  });
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 511 },
  () => console.log('listening ' + server.address().port));

// The figure for memory is that of live objects, without garbage: node --expose-gc.
process.on('SIGUSR2', () => global.gc && global.gc());
