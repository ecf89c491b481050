// The other side of io.chagres.tls.Encounter in Node. Each line of standard input is a task in JSON. For a task of a server, the port is
// printed first. Then the facts about both of its connections are printed, one a line: "seen digest reused protocol authorized alpn end".
'use strict';
const tls = require('tls');
const fs = require('fs');
const crypto = require('crypto');

function talk(socket, task, done) {
  const bytes = fs.readFileSync(task.bytes);
  const received = crypto.createHash('sha256');
  const facts = [socket.isSessionReused(), socket.getProtocol(), socket.authorized === true, socket.alpnProtocol];
  let end = 'close';
  socket.on('data', (chunk) => received.update(chunk));
  socket.on('end', () => {
    end = 'end';
    if (task.answers) socket.end(bytes);
    else if (!task.endsFirst) socket.end();
  });
  socket.on('error', (error) => { end = error.code || error.message; });
  socket.on('close', () => {
    console.log(['seen', received.digest('hex'), ...facts, end.replace(/ /g, '_')].join(' '));
    done();
  });
  if (task.endsFirst) socket.end(bytes);
  else if (!task.answers) socket.write(bytes);
}

function files(task) {
  const options = {
    ca: fs.readFileSync(task.ca), minVersion: task.version, maxVersion: task.version,
    ALPNProtocols: ['chagres'], allowHalfOpen: true,
  };
  if (task.cert) Object.assign(options, { cert: fs.readFileSync(task.cert), key: fs.readFileSync(task.key) });
  return options;
}

function connect(task, count, session) {
  let next = session;
  const options = { ...files(task), port: task.port, host: '127.0.0.1', servername: 'localhost', session };
  const socket = tls.connect(options, () => talk(socket, task, () => {
    if (count > 1) connect(task, count - 1, next);
  }));
  socket.on('session', (offered) => { next = offered; });
  socket.on('error', (error) => {
    if (!socket.alpnProtocol) console.log('failed ' + error.code + ' ' + error.message);
  });
}

function listen(task) {
  let count = 2;
  const server = tls.createServer({ ...files(task), requestCert: task.asks, rejectUnauthorized: task.asks }, (socket) => {
    talk(socket, task, () => {
      if (--count === 0) server.close();
    });
  });
  server.on('tlsClientError', (error) => console.log('failed ' + error.code + ' ' + error.message));
  server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
}

require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const task = JSON.parse(line);
  if (task.port) connect(task, 2); else listen(task);
});
