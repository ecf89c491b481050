'use strict';
// Node's net: node server.js PORT echo|sink|source. See io.chagres.compare.server.
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
}[process.argv[3]];

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  serve(socket);
});
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 511 },
  () => console.log('listening ' + server.address().port));

// What is alive, and not what waits to be collected, is what memory is compared by: node --expose-gc.
process.on('SIGUSR2', () => global.gc && global.gc());
