'use strict';

const run = JSON.parse(document.getElementById('run').textContent);
const steps = run.steps;
const PHASES = ['pending', 'idle', 'prepare', 'poll', 'pending', 'check', 'closing', 'timers'];
const POLL = 3;
const SECOND_PENDING = 4;

/** One sentence for each call, for readers who see it for the first time. */
const MEANINGS = {
  socket: 'Makes a socket. It has no address yet.',
  bind: 'Gives the socket its own address.',
  listen: 'Makes the socket a listener: from now on the kernel completes handshakes by itself, and queues the connections.',
  connect: 'Asks the kernel to begin the handshake: SYN, SYN ACK, ACK.',
  accept4: 'Takes the oldest connection from the queue of the listener. It is a new descriptor.',
  shutdown: 'Ends one direction: after the last bytes the kernel sends a FIN. The other direction goes on.',
  close: 'Gives the descriptor back. The kernel may still have to finish the connection.',
  recvfrom: 'Copies bytes that have arrived. 0 is the end: the peer has sent its FIN.',
  sendto: 'Copies bytes into the send buffer of the kernel, which sends them.',
  sendmsg: 'Copies several pieces into the send buffer of the kernel in one call.',
  recvmsg: 'Copies bytes that have arrived, and descriptors that came with them.',
  epoll_create1: 'Makes the list of descriptors that the loop watches.',
  epoll_ctl: 'Tells epoll which events of a descriptor the loop waits for.',
  epoll_wait: 'Waits until a watched descriptor is ready, or until the time of the next timer.',
  epoll_pwait2: 'Waits until a watched descriptor is ready, or until the time of the next timer.',
  eventfd2: 'Makes a counter by which other threads wake the loop.',
  getsockopt: 'Reads an option of the socket. SO_ERROR says how a connect has ended.',
  setsockopt: 'Sets an option of the socket.',
  getsockname: 'Asks for the address of this end.',
  write: 'Adds to the counter of a loop, to wake it.',
  prlimit64: 'Asks how many descriptors the process may have.',
  getpeername: 'Asks for the address of the other end.',
};

const byId = id => document.getElementById(id);

function element(name, properties, ...children) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

function shape(name, attributes, text) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
}

const colour = thread => thread < 0 ? 'no-loop' : 'loop-' + thread % 4;
const isCall = step => step.name !== undefined;
const isLoop = run.threads.map((name, thread) => steps.some(step => step.thread === thread && step.phase));

/* What is true at each step: the sockets, and the last place of each loop. */

const socketsAt = [];
const placesAt = [];
const ends = new Map();   // a local address, and the thread that listens or connects there
const listeners = new Set();   // the ports on which a socket has listened
const key = socket => socket[0] + ' ' + socket[1];
const port = address => address.slice(address.lastIndexOf(':'));

(function follow() {
  let sockets = [];
  const places = run.threads.map(() => null);
  const polled = run.threads.map(() => 0);
  steps.forEach((step, index) => {
    sockets = step.sockets || sockets;
    socketsAt.push(sockets);
    if (step.phase) {
      if (step.phase === 'poll') polled[step.thread] = step.turn;
      let at = PHASES.indexOf(step.phase);
      if (step.phase === 'pending' && polled[step.thread] === step.turn) at = SECOND_PENDING;
      places[step.thread] = {turn: step.turn, phase: at, step: index};
    }
    placesAt.push(places.slice());
    for (const socket of sockets) {
      if (socket[2] === 'LISTEN') listeners.add(port(socket[0]));
      if (ends.has(socket[0])) continue;
      const connects = step.name === 'connect' && step.short.includes(socket[1]) && !listeners.has(port(socket[0]));
      if (socket[2] === 'LISTEN' || connects) ends.set(socket[0], step.thread);
    }
  });
})();

/** The thread whose end of a connection this is; -1 if no thread of the trace is known to have it. */
function owner(socket) {
  if (ends.has(socket[0])) return ends.get(socket[0]);
  for (const [address, thread] of ends) {
    if (port(address) === port(socket[0])) return thread;
  }
  return -1;
}

/* The rings. */

const rings = [];

function ring(thread) {
  const svg = shape('svg', {viewBox: '-112 -112 224 224', class: 'ring ' + colour(thread), role: 'img'});
  const spot = (radius, angle) => [radius * Math.sin(angle), -radius * Math.cos(angle)].map(n => n.toFixed(2)).join(' ');
  const parts = PHASES.map((phase, i) => {
    const from = (i - 0.5) * Math.PI / 4;
    const to = (i + 0.5) * Math.PI / 4;
    const path = shape('path', {
      d: 'M' + spot(108, from) + 'A108 108 0 0 1 ' + spot(108, to) + 'L' + spot(56, to) + 'A56 56 0 0 0 ' + spot(56, from) + 'Z'});
    const [x, y] = spot(82, (from + to) / 2).split(' ');
    const label = shape('text', {x, y}, phase);
    svg.append(path, label);
    return [path, label];
  });
  const name = shape('text', {class: 'loop-name', y: -8}, run.threads[thread]);
  const turn = shape('text', {class: 'turn', y: 12});
  svg.append(name, turn);
  byId('loops').append(svg);
  rings[thread] = {svg, parts, turn};
}

function showRing(thread, place, step) {
  const {svg, parts, turn} = rings[thread];
  const current = steps[step].thread === thread;
  const text = place ? 'turn ' + place.turn : 'not running yet';
  svg.classList.toggle('past', !current);
  parts.forEach(([path, label], i) => {
    const lit = Boolean(place) && place.phase === i && (!current || Boolean(steps[step].phase));
    path.classList.toggle('lit', lit);
    label.classList.toggle('lit', lit);
  });
  turn.textContent = text;
  svg.setAttribute('aria-label', 'Loop ' + run.threads[thread] + ': ' + text + (place ? ', ' + PHASES[place.phase] : ''));
}

/* The states of TCP. */

const STATES = {
  CLOSE: [215, 17], LISTEN: [80, 52], SYN_SENT: [350, 52], SYN_RECV: [80, 92], ESTABLISHED: [215, 105],
  FIN_WAIT1: [80, 145], FIN_WAIT2: [80, 184], CLOSING: [215, 164], TIME_WAIT: [215, 217], CLOSE_WAIT: [350, 145], LAST_ACK: [350, 184],
};
const EDGES = [
  ['CLOSE', 'LISTEN'], ['CLOSE', 'SYN_SENT'], ['LISTEN', 'SYN_RECV'], ['SYN_RECV', 'ESTABLISHED'], ['SYN_SENT', 'ESTABLISHED'],
  ['ESTABLISHED', 'FIN_WAIT1'], ['ESTABLISHED', 'CLOSE_WAIT'], ['FIN_WAIT1', 'FIN_WAIT2'], ['FIN_WAIT1', 'CLOSING'],
  ['FIN_WAIT2', 'TIME_WAIT'], ['CLOSING', 'TIME_WAIT'], ['CLOSE_WAIT', 'LAST_ACK'], ['LAST_ACK', 'CLOSE'], ['TIME_WAIT', 'CLOSE'],
];
const boxes = {};
const edges = {};
const dots = shape('g', {});

/** A line between two boxes that ends at the border of the second one. The ways back to CLOSE go along the right margin. */
function line([x1, y1], [x2, y2]) {
  if (y2 < y1 && x1 + x2 >= 2 * STATES.CLOSE[0] && y1 > STATES.SYN_SENT[1]) return `M${x1 + 52} ${y1}H418V${y2}H${x2 + 56}`;
  const share = 1 - Math.min(55 / Math.abs(x2 - x1), 15 / Math.abs(y2 - y1));
  return `M${x1} ${y1}L${(x1 + (x2 - x1) * share).toFixed(1)} ${(y1 + (y2 - y1) * share).toFixed(1)}`;
}

function arrowHeads() {
  const made = shape('defs', {});
  for (const id of ['arrow', 'lit-arrow']) {
    const marker = shape('marker', {id, viewBox: '0 0 8 8', refX: 6, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: 'userSpaceOnUse', orient: 'auto'});
    marker.append(shape('path', {d: 'M0 0 8 4 0 8z'}));
    made.append(marker);
  }
  return made;
}

const FINISHING = /^(FIN_WAIT[12]|CLOSING|TIME_WAIT|CLOSE_WAIT|LAST_ACK)$/;

/** The edges from one state to another, if the kernel has passed others between two looks: the shortest way. */
function way(from, to) {
  if (to === 'CLOSE' && !FINISHING.test(from)) return [];   // a listener, or a reset: no edge of the diagram
  let ways = [[from]];
  for (let length = 0; length < 6; length++) {
    const done = ways.find(states => states.at(-1) === to);
    if (done) return done.slice(1).map((state, i) => edges[done[i] + ' ' + state]);
    ways = ways.flatMap(states => EDGES.filter(edge => edge[0] === states.at(-1)).map(edge => [...states, edge[1]]));
  }
  return [];
}

function drawStates() {
  const svg = shape('svg', {viewBox: '0 0 430 236', role: 'img', 'aria-label': 'The states of TCP; the table has the same facts'});
  svg.append(arrowHeads());
  for (const [from, to] of EDGES) {
    edges[from + ' ' + to] = shape('path', {class: 'edge', d: line(STATES[from], STATES[to])});
    svg.append(edges[from + ' ' + to]);
  }
  for (const state of Object.keys(STATES)) {
    const [x, y] = STATES[state];
    boxes[state] = shape('g', {});
    boxes[state].append(shape('rect', {x: x - 52, y: y - 12, width: 104, height: 24, rx: 7}), shape('text', {x, y}, state));
    svg.append(boxes[state]);
  }
  svg.append(dots);
  byId('diagram').append(svg);
}

/* The numbers of sockets last as long as the run, so that a reader can follow one. */

const numbers = new Map();
for (const sockets of socketsAt) {
  for (const socket of sockets) {
    if (!numbers.has(key(socket))) numbers.set(key(socket), numbers.size + 1);
  }
}

/** The sockets of a step and those that have just gone, with the states before. */
function changes(step) {
  const before = new Map((step > 0 ? socketsAt[step - 1] : []).map(socket => [key(socket), socket]));
  const rows = socketsAt[step].map(socket => {
    const old = before.get(key(socket));
    before.delete(key(socket));
    return {socket, was: old ? old[2] : '', is: socket[2], changed: !old || old[2] !== socket[2]};
  });
  for (const socket of before.values()) rows.push({socket, was: socket[2], is: '', changed: true});
  return rows.sort((a, b) => numbers.get(key(a.socket)) - numbers.get(key(b.socket)));
}

function showSockets(step) {
  const rows = changes(step);
  byId('rows').replaceChildren(...rows.map(row => {
    const state = element('td', {className: 'state'});
    if (row.changed && row.was) state.append(element('span', {className: 'was', textContent: row.was + ' → '}));
    state.append(row.is || 'gone');
    const name = run.threads[owner(row.socket)];
    const dot = element('span', {className: 'dot ' + colour(owner(row.socket)), textContent: numbers.get(key(row.socket)),
      title: name === undefined ? 'of another process' : 'of ' + name});
    const made = element('tr', {}, element('td', {}, dot), element('td', {textContent: row.socket[0]}),
        element('td', {textContent: /:0$/.test(row.socket[1]) ? '' : row.socket[1]}), state);
    made.classList.toggle('changed', row.changed);
    made.classList.toggle('gone', !row.is);
    return made;
  }));
  byId('no-sockets').textContent = rows.length ? '' : 'none';
  showStates(rows);
}

/** The state from which a new socket began: an accepted connection begins in the queue of its listener. */
function origin(row) {
  return row.is !== 'LISTEN' && listeners.has(port(row.socket[0])) ? 'LISTEN' : 'CLOSE';
}

function showStates(rows) {
  for (const edge of Object.values(edges)) edge.classList.remove('lit');
  for (const box of Object.values(boxes)) box.removeAttribute('class');
  const crowd = {};
  dots.replaceChildren();
  for (const row of rows) {
    const state = row.is || 'CLOSE';
    if (!boxes[state]) continue;
    if (row.is) boxes[state].classList.add('occupied');
    if (row.changed) boxes[state].classList.add('changed');
    if (row.changed) way(row.was || origin(row), state).forEach(edge => edge.classList.add('lit'));
    if (!row.is) continue;
    crowd[state] = (crowd[state] || 0) + 1;
    if (crowd[state] > 5) continue;
    const [x, y] = STATES[state];
    const cx = x + 52 - 17 * (crowd[state] - 1);
    dots.append(shape('circle', {class: colour(owner(row.socket)), cx, cy: y - 14, r: 8}),
        shape('text', {class: 'number', x: cx, y: y - 13.5}, numbers.get(key(row.socket))));
  }
}

/* The step itself. */

function duration(micros) {
  if (micros < 1000) return micros.toFixed(micros < 10 ? 1 : 0) + ' µs';
  if (micros < 1e6) return (micros / 1000).toFixed(micros < 1e4 ? 2 : 1) + ' ms';
  return (micros / 1e6).toFixed(2) + ' s';
}

/** Text with its strings in another colour. */
function coloured(text) {
  return text.split(/("(?:[^"\\]|\\.)*"?)/).map((part, i) => i % 2 ? element('span', {className: 'string', textContent: part}) : part);
}

function plain(step) {
  if (step.note !== undefined) return step.note;
  return isCall(step) ? step.name + '(' + step.arguments + ') = ' + step.answer : step.callback;
}

function showNow(index) {
  const step = steps[index];
  byId('now').className = colour(step.thread);
  const place = [element('b', {textContent: run.threads[step.thread]})];
  const facts = [step.phase && 'turn ' + step.turn, step.phase, step.inside !== undefined && 'in callback: ' + steps[step.inside].callback,
    step.owner && step.owner !== 'loop' && 'for ' + step.owner, step.line, 'at ' + duration(step.at)];
  for (const fact of facts.filter(Boolean)) place.push(element('span', {textContent: fact}));
  byId('where').replaceChildren(...place);
  byId('what').replaceChildren(...what(step));
  byId('why').textContent = why(step);
  byId('live').textContent = 'Step ' + (index + 1) + ' of ' + steps.length + ': ' + run.threads[step.thread]
      + (step.phase ? ', turn ' + step.turn + ', ' + step.phase : '') + ': ' + plain(step);
}

/** Answers that are no failure, only too early. */
const NOT_YET = /^-1 (EAGAIN|EINPROGRESS|EINTR)/;

function what(step) {
  if (!isCall(step)) return [element('span', {className: 'says', textContent: plain(step)})];
  return [element('span', {className: 'name', textContent: step.name}), '(', ...coloured(step.arguments), ') = ',
    element('span', {className: 'answer' + (NOT_YET.test(step.answer) ? ' not-yet' : step.answer.startsWith('-1') ? ' failed' : ''), textContent: step.answer}),
    element('span', {className: 'took', textContent: '  <' + duration(step.took) + '>'})];
}

function why(step) {
  if (step.note !== undefined) return 'A note of the program.';
  if (!isCall(step)) return 'The loop calls back' + (/^completion/.test(step.callback) ? ': something that was asked for is done.' : '.');
  if (/EAGAIN/.test(step.answer)) return 'Nothing is there now. The loop will be called when that changes.';
  if (/EINPROGRESS/.test(step.answer)) return MEANINGS.connect + ' The call does not wait for the answer.';
  if (step.name === 'close' && /^server:/.test(step.owner)) return 'Closes the listener: from now on the kernel refuses connections.';
  return MEANINGS[step.name] || '';
}

/* The program. */

let shownFile;
let litRow;
const WORDS = new RegExp('(/\\*[^]*?\\*/|//[^\\n]*)|("(?:[^"\\\\\\n]|\\\\.)*"|\'(?:[^\'\\\\\\n]|\\\\.)*\')'
    + '|\\b(abstract|boolean|break|byte|case|catch|class|continue|default|do|double|else|enum|extends|final|finally|float|for|if|implements'
    + '|import|instanceof|int|interface|long|new|null|package|private|protected|public|record|return|short|static|switch|this|throw|throws'
    + '|true|false|try|var|void|while)\\b', 'g');

function rowsOf(source) {
  const pieces = [];
  let end = 0;
  for (const match of source.matchAll(WORDS)) {
    pieces.push(['', source.slice(end, match.index)], [match[1] ? 'comment' : match[2] ? 'string' : 'word', match[0]]);
    end = match.index + match[0].length;
  }
  pieces.push(['', source.slice(end)]);
  const rows = [[]];
  for (const [kind, text] of pieces) {
    text.split('\n').forEach((part, i) => {
      if (i) rows.push([]);
      if (part) rows.at(-1).push(kind ? element('span', {className: kind, textContent: part}) : part);
    });
  }
  return rows.map((parts, i) => element('div', {className: 'row'}, element('i', {textContent: i + 1}), ...parts));
}

function showFile(file) {
  if (file === shownFile) return;
  shownFile = file;
  const source = run.sources[file];
  byId('source').replaceChildren(...(source === undefined
      ? [element('p', {className: 'no-source', textContent: 'The source of this line is not in the page.'})]
      : rowsOf(source)));
}

/** The line of a step; for a step that the loop makes by itself, the last line of its thread before it. */
function lineOf(index) {
  const thread = steps[index].thread;
  while (index >= 0 && !(steps[index].thread === thread && steps[index].line)) index--;
  return index < 0 ? '' : steps[index].line;
}

function showCode(index) {
  const own = steps[index].line;
  const place = lineOf(index);
  const [file, line] = place.split(':');
  if (litRow) {
    litRow.classList.remove('lit', 'past');
    litRow.removeAttribute('aria-current');
  }
  litRow = undefined;
  showFile(file || shownFile || Object.keys(run.sources)[0]);
  byId('file').textContent = own || 'The loop does this by itself' + (place ? ', after ' + place : '');
  if (!file || run.sources[file] === undefined) return;
  litRow = byId('source').children[line - 1];
  if (!litRow) return;
  litRow.classList.add(own ? 'lit' : 'past');
  if (own) litRow.setAttribute('aria-current', 'true');
  reveal(byId('source'), litRow, 0.4);
}

/** Scrolls a box, and never the page. */
function reveal(box, child, share) {
  const top = child.offsetTop - box.scrollTop;
  const margin = Math.min(60, box.clientHeight / 4);
  if (top < margin || top + child.offsetHeight > box.clientHeight - margin) box.scrollTop = child.offsetTop - box.clientHeight * share;
}

/* The list of all steps, and the filter. */

const hidden = new Set();
const items = steps.map((step, index) => {
  const kind = step.note !== undefined ? 'note' : isCall(step) ? 'call' : 'callback';
  const text = element('span', {className: 'text ' + kind, textContent: step.short || plain(step), title: plain(step)});
  text.style.paddingLeft = (step.depth || 0) * 14 + 'px';
  const item = element('li', {className: colour(step.thread)}, element('span', {className: 'number', textContent: index + 1}), text);
  item.addEventListener('click', () => show(index));
  return item;
});

function drawFilter() {
  run.threads.forEach((name, thread) => {
    const button = element('button', {className: colour(thread), textContent: name});
    button.setAttribute('aria-pressed', 'true');
    button.addEventListener('click', () => {
      if (!hidden.delete(thread)) hidden.add(thread);
      button.setAttribute('aria-pressed', String(!hidden.has(thread)));
      items.forEach((item, i) => { item.hidden = hidden.has(steps[i].thread); });
    });
    byId('filter').append(button);
  });
}

/* The controls. */

let current = -1;
let timer;

function show(index) {
  index = Math.max(0, Math.min(steps.length - 1, index));
  if (index === current) return;
  if (current >= 0) {
    items[current].classList.remove('lit');
    items[current].removeAttribute('aria-current');
  }
  current = index;
  items[index].classList.add('lit');
  items[index].setAttribute('aria-current', 'step');
  reveal(byId('list'), items[index], 0.4);
  showNow(index);
  showCode(index);
  showSockets(index);
  run.threads.forEach((name, thread) => { if (isLoop[thread]) showRing(thread, placesAt[index][thread], index); });
  byId('slider').value = index + 1;
  byId('counter').textContent = (index + 1) + ' / ' + steps.length;
  document.body.dataset.step = index + 1;
  history.replaceState(null, '', '#step=' + (index + 1));
}

/** Moves to the next step in a direction that the filter shows; returns whether there is one. */
function move(direction) {
  let index = current + direction;
  while (index >= 0 && index < steps.length && hidden.has(steps[index].thread)) index += direction;
  if (index < 0 || index >= steps.length) return false;
  show(index);
  return true;
}

function play(on) {
  clearInterval(timer);
  timer = undefined;
  if (on && current === steps.length - 1) show(0);
  if (on) timer = setInterval(() => { if (!move(1)) play(false); }, 1200 / byId('speed').value);
  byId('play').setAttribute('aria-pressed', String(on));
  byId('play').setAttribute('aria-label', on ? 'Pause' : 'Play');
}

const KEYS = {
  ArrowLeft: () => move(-1), ArrowRight: () => move(1), Home: () => show(0), End: () => show(steps.length - 1), ' ': () => play(!timer),
};

function onKey(event) {
  const inside = event.target.closest('input, select, button');
  const mine = event.key === ' ' ? !inside : !(inside && inside.id !== 'play' && inside.tagName !== 'BUTTON');
  if (!KEYS[event.key] || !mine || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (event.key !== ' ') play(false);
  KEYS[event.key]();
}

function linked() {
  const match = /step=(\d+)/.exec(location.hash);
  return match ? match[1] - 1 : 0;
}

function begin() {
  byId('title').textContent = document.title;
  const length = steps.length ? steps.at(-1).at + (steps.at(-1).took || 0) : 0;
  byId('summary').textContent = steps.length + ' steps in ' + duration(length)
      + (run.left ? '; ' + run.left + ' more events are left out' : '');
  run.threads.forEach((name, thread) => { if (isLoop[thread]) ring(thread); });
  byId('loops').hidden = !isLoop.includes(true);
  drawStates();
  drawFilter();
  byId('list').append(...items);
  if (!steps.length) {
    byId('what').textContent = 'This run has no events.';
    return;
  }
  byId('slider').max = steps.length;
  byId('slider').addEventListener('input', event => { play(false); show(event.target.value - 1); });
  byId('previous').addEventListener('click', () => { play(false); move(-1); });
  byId('next').addEventListener('click', () => { play(false); move(1); });
  byId('play').addEventListener('click', () => play(!timer));
  byId('speed').addEventListener('change', () => { if (timer) play(true); });
  document.addEventListener('keydown', onKey);
  window.addEventListener('hashchange', () => show(linked()));
  show(linked());
}

begin();
