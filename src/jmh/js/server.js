'use strict';
// Node's net, tls and http: node server.js PORT echo|sink|source|http|tls-echo|tls-echo-rsa|tls-sink|tls-source [WORKERS]. More than one are
// a cluster. See io.chagres.compare.server.
const cluster = require('cluster');
const fs = require('fs');
const http = require('http');
const net = require('net');
const tls = require('tls');

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

function connected(socket) {
  socket.on('error', () => {});
  serve[mode.split('-')[mode.startsWith('tls-') ? 1 : 0]](socket);
}

function identity(kind) {
  const read = (what) => fs.readFileSync(`src/jmh/tls/${kind}-${what}.pem`);
  return { cert: read('certificate'), key: read('key') };
}

function createServer() {
  if (mode === 'http') {
    return http.createServer((request, response) =>
      response.setHeader('Content-Type', 'text/plain').end('Hello, World!'));
  }
  return mode.startsWith('tls-')
    ? tls.createServer({ noDelay: true, ...identity(mode.endsWith('-rsa') ? 'rsa' : 'ec') }, connected)
    : net.createServer({ noDelay: true }, connected);
}

const server = createServer();

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
