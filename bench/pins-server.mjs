// @ts-check
// node bench/pins-server.mjs ROOT LATENCY_MS: bare repositories over http on loopback, each answer so much later. It prints its port; GET /count says how many requests
// came since the last time. What git http-backend once said is said again from memory: a server far away takes no time of this machine's processors.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const [root = '.', latency = '0'] = process.argv.slice(2);
/** @type {Map<string, Promise<Buffer>>} */
const known = new Map();
let requests = 0;

/** @param {import('node:http').IncomingMessage} request @param {Buffer} body @returns {Promise<Buffer>} headers and body, as a CGI program writes them */
const backend = (request, body) =>
  new Promise((done, fail) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const child = spawn('git', ['-c', 'safe.directory=*', '-c', 'uploadpack.allowFilter=true', 'http-backend'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        CONTENT_LENGTH: String(body.length),
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: request.headers['git-protocol']?.toString() ?? '',
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    /** @type {Buffer[]} */
    const pieces = [];
    child.stdout.on('data', (piece) => pieces.push(piece));
    child.on('error', fail).on('close', () => done(Buffer.concat(pieces)));
    child.stdin.on('error', () => {});
    child.stdin.end(body);
  });

const server = createServer(async (request, response) => {
  if (request.url === '/count') {
    response.end(String(requests));
    requests = 0;
    return;
  }
  requests += 1;
  /** @type {Buffer[]} */
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const body = Buffer.concat(pieces);
  const key = createHash('sha256').update(`${request.url}\0${request.headers['git-protocol']}\0`).update(body).digest('hex');
  const later = new Promise((done) => setTimeout(done, Number(latency)));
  const said = await (known.get(key) ?? known.set(key, backend(request, body)).get(key));
  await later;
  if (said === undefined) return;
  const end = said.indexOf('\r\n\r\n');
  const lines = said.subarray(0, end).toString('latin1').split('\r\n');
  const headers = lines.map((line) => /** @type {const} */ ([line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  const status = Number.parseInt(headers.find(([name]) => name === 'Status')?.[1] ?? '200', 10);
  response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== 'Status'))).end(said.subarray(end + 4));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(address.port);
});
