'use strict';
// Node's net and http: node server.js PORT echo|sink|source|http [WORKERS]. More than one are a cluster. See io.chagres.compare.server.
const cluster = require('cluster');
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
const workers = Number(process.argv[4] || 1);
const server = mode === 'http'
  ? http.createServer((request, response) => response.setHeader('Content-Type', 'text/plain').end('Hello, World!'))
  : net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    serve[mode](socket);
  });

// The workers of a cluster share a port that is 0 for all of them: the first gets a free one.
if (workers > 1 && cluster.isPrimary) {
  let ready = 0;
  cluster.on('listening', (worker, address) => ++ready === workers && console.log('listening ' + address.port));
  for (let i = 0; i < workers; i++) cluster.fork();
} else {
  server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 511 },
    () => cluster.isPrimary && console.log('listening ' + server.address().port));
}

// The figure for memory is that of live objects, without garbage: node --expose-gc.
process.on('SIGUSR2', () => global.gc && global.gc());
