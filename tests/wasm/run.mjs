// Runs the calls of lib.rs: `node run.mjs FOLDER`, with the folder that `glue` has made.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = path.resolve(isMainThread ? process.argv[2] : workerData);
const script = pathToFileURL(path.join(folder, 'wasm.js'));
const module = new WebAssembly.Module(fs.readFileSync(path.join(folder, 'wasm_bg.wasm')));

let instances = 0;

// As a page or a worker does when it is loaded: nothing is shared with earlier instances.
async function fresh() {
  const wasm = await import(`${script}?${instances++}`);
  wasm.initSync({ module });
  return wasm;
}

const timeouts = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

// What a server does, and what becomes of it: the result, and the number of requests.
const cases = {
  '/busy': [(request, response) => respond(response, request < 3 ? 503 : 200, 'page'), 'page', 3],
  '/gone': [(_, response) => respond(response, 404, ''), 'permanent: a status that no retry changes', 1],
  '/down': [(_, response) => respond(response, 500, ''), 'transient: 500 internal server error', 3],
  '/dropped': [(_, response) => response.destroy(), 'transient: fetch failed without a reason', 3],
  '/cut': [
    (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('page', () => response.destroy());
    },
    'transient: network interrupted during the exchange',
    3,
  ],
  '/later': [
    (request, response) => {
      if (request < 2) response.setHeader('retry-after-ms', '60');
      respond(response, request < 2 ? 503 : 200, 'page');
    },
    'page',
    2,
  ],
  '/limited': [(_, response) => respond(response, 429, ''), 'throttled: ', 3],
  '/moved': [(_, response) => respond(response.setHeader('location', '/limited'), 307, ''), 'ambiguous: ', 1],
  '/silent': [() => {}, 'transient: timed out, perhaps after the request was sent', 3],
};

function respond(response, status, text) {
  response.writeHead(status).end(text);
}

async function checkHttp() {
  const requests = {};
  const server = http.createServer((request, response) => {
    requests[request.url] = (requests[request.url] ?? 0) + 1;
    cases[request.url][0](requests[request.url], response);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  const wasm = await fresh();
  const base = `http://127.0.0.1:${port}`;
  async function expect(path, result, expected, count) {
    assert.ok((await result).startsWith(expected), `${path}: ${await result}`);
    assert.equal(requests[path], count, `requests of ${path}`);
    requests[path] = 0;
  }
  for (const [path, [, expected, count]] of Object.entries(cases)) {
    if (path === '/moved') continue;
    await expect(path, wasm.get(base + path), expected, count);
    if (path === '/silent') continue;
    const begun = performance.now();
    await expect(path, wasm.send_checked('GET', base + path), expected, count);
    if (path === '/later') assert.ok(performance.now() - begun >= 60, 'the hint of the server is kept');
  }
  // The error knows the method, and whether a redirect was followed.
  await expect('/down', wasm.send_checked('POST', `${base}/down`), 'ambiguous: 500', 1);
  await expect('/dropped', wasm.send_checked('POST', `${base}/dropped`), 'ambiguous: fetch failed', 1);
  await expect('/limited', wasm.send_checked('POST', `${base}/limited`), 'throttled: 429', 3);
  await expect('/moved', wasm.send_checked('POST', `${base}/moved`), 'ambiguous: ', 1);
  assert.ok(await wasm.aborts(`${base}/silent`), 'a deadline ends a request');
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  assert.equal(await wasm.get(`${base}/`), 'transient: fetch failed without a reason');
  assert.equal(await wasm.get('no url'), 'permanent: the request cannot be built');
  assert.match(wasm.dated_hint(), /Throttled \{ retry_after: Some\(\d{8,}/, 'the clock is that of JavaScript');
}

async function check() {
  const all = await Promise.all(Array.from({ length: 20 }, fresh));

  const delays = await Promise.all(all.map((wasm) => wasm.delays()));
  assert.deepEqual([...new Set(delays.map((of) => of.length))], [3], 'four attempts');
  const first = new Set(delays.map(([delay]) => delay));
  assert.equal(first.size, 20, 'each instance draws its own jitter');
  for (const [delay] of delays) assert.ok(delay >= 0 && delay <= 20, `${delay} ms`);

  const ids = new Set(await Promise.all(all.map((wasm) => wasm.call_id())));
  assert.equal(ids.size, 20, 'each instance has its own ids of calls');

  const wasm = await fresh();
  const begun = performance.now();
  assert.ok(await wasm.deadline(), 'the call is cut off');
  const took = performance.now() - begun;
  assert.ok(took >= 49 && took < 5000, `cut off after ${took} ms`);
  const remaining = await wasm.remaining();
  assert.ok(remaining > 50_000 && remaining <= 60_000, `${remaining} ms remain`);

  // 60 days are more than one timeout can wait: it would fire at once.
  const before = timeouts();
  for (const seconds of [3600, 60 * 24 * 3600]) {
    wasm.begin_wait(seconds);
    await new Promise((resume) => setTimeout(resume, 20));
    assert.equal(timeouts(), before + 1, `a wait of ${seconds} s has one timeout`);
    assert.ok(wasm.cancel_wait());
    assert.equal(timeouts(), before, `a wait of ${seconds} s clears its timeout when it is dropped`);
  }
  return [...first];
}

if (isMainThread) {
  const here = await check();
  await checkHttp();
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: folder });
  const there = await new Promise((done, fail) => worker.once('message', done).once('error', fail));
  assert.equal(new Set([...here, ...there]).size, 40, 'a worker draws its own jitter');
  console.log('first delays of 20 instances: 20 different; in a worker: 20 others');
} else {
  parentPort.postMessage(await check());
}
