import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { gitIs } from './repo.ts';

/** How a server behaves to one request; nothing of it: as it should. */
export interface Behaviour {
  /** Answers with that and nothing else. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Takes the request and never says a word. */
  readonly hang?: boolean;
  /** Cuts the connection after so many bytes of the answer's body. */
  readonly dropAfter?: number;
  /** Goes silent after so many bytes of it, with the connection open. */
  readonly stallAfter?: number;
  /** The newest protocol that it speaks. */
  readonly protocol?: 0 | 1;
  /** What it says in place of what git says. */
  readonly rewrite?: (body: Buffer) => Buffer;
  /** Settings of its git: `uploadpack.allowFilter=false`. */
  readonly settings?: readonly string[];
}

/** A request as `behave` sees it. */
export interface Asking {
  /** `/owner/name.git/git-upload-pack`. */
  readonly path: string;
  readonly query: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** How many came before it. */
  readonly count: number;
  /** `refs`: the first request of a conversation; `ls-refs` and `fetch` are commands of protocol 2; `pack` is of older ones. */
  readonly what: 'refs' | 'ls-refs' | 'fetch' | 'pack';
}

export interface ServeOptions {
  /** Folder of bare repositories: `root/owner/name.git`. */
  readonly root: string;
  readonly protocol: 'http' | 'git' | 'file';
  /** Before each answer; http only. */
  readonly latencyMs?: number;
  /** http only. */
  readonly behave?: (asking: Asking) => Behaviour | undefined;
  /** http only: makes it https. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface GitServer {
  /** Ends with `/`: `http://127.0.0.1:4711/`. */
  readonly base: string;
  readonly port: number;
  /** What was asked; http only. */
  readonly requests: readonly Asking[];
  /** Variables that make git go there for every URL that begins like that. */
  insteadOf(prefix: string): Readonly<Record<string, string>>;
  /** Open ones; http only. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** What git and its servers run with here: no settings of this machine, every owner trusted. */
const SERVER_ENV: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  LC_ALL: 'C',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

const open: GitServer[] = [];
afterAll(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** False for a git that was built without curl, as those of `npm run test:gits`. */
export const HAS_HTTP = existsSync(join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-remote-http'));

/** Those that can be tested. */
export const PROTOCOLS: readonly ServeOptions['protocol'][] = HAS_HTTP ? ['http', 'git', 'file'] : ['git', 'file'];

/** Variables that tell git settings of the person's. */
export const settingsInEnv = (settings: readonly (readonly [key: string, value: string])[]): Readonly<Record<string, string>> => {
  // Before 2.31 git knows only the variable that `git -c` sets.
  if (!gitIs(2, 31)) return { GIT_CONFIG_PARAMETERS: settings.map(([key, value]) => `'${key}=${value}'`).join(' ') };
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(settings.length)],
    ...settings.flatMap(([key, value], at) => [
      [`GIT_CONFIG_KEY_${at}`, key],
      [`GIT_CONFIG_VALUE_${at}`, value],
    ]),
  ]);
};

const made = (
  base: string,
  port: number,
  requests: readonly Asking[],
  close: () => Promise<void>,
  connections: GitServer['connections'] = () => Promise.resolve(0),
): GitServer => {
  const server: GitServer = {
    base,
    port,
    requests,
    insteadOf: (prefix) => settingsInEnv([[`url.${base}.insteadOf`, prefix]]),
    connections,
    close,
  };
  open.push(server);
  return server;
};

/** Starts a server on loopback, gone after the test file. */
export const serveGit = async (options: ServeOptions): Promise<GitServer> => {
  if (options.protocol === 'file') return made(`${pathToFileURL(options.root).href}/`, 0, [], async () => {});
  return options.protocol === 'git' ? await serveDaemon(options.root) : await serveHttp(options);
};

const freePort = async (): Promise<number> => {
  const socket = createSocket().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  socket.close();
  await once(socket, 'close');
  return port;
};

async function serveDaemon(root: string): Promise<GitServer> {
  const { stdout } = await promisify(execFile)('git', ['--exec-path'], { env: SERVER_ENV });
  for (let attempt = 0; ; attempt++) {
    const port = await freePort();
    // The daemon itself and not `git daemon`, which would outlive what we end.
    const child = spawn(
      `${stdout.trim()}/git-daemon`,
      ['--export-all', '--reuseaddr', '--listen=127.0.0.1', `--port=${port}`, `--base-path=${root}`, '--verbose', root],
      {
        env: {
          ...SERVER_ENV,
          ...settingsInEnv([
            ['safe.directory', '*'],
            ['uploadpack.allowFilter', 'true'],
          ]),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const ready = new Promise<boolean>((done) => {
      child.stderr.on('data', (text: Buffer) => text.includes('Ready to rumble') && done(true));
      child.once('close', () => done(false));
    });
    if (await ready) return made(`git://127.0.0.1:${port}/`, port, [], () => endChild(child));
    if (attempt > 5) throw new Error('git daemon does not start');
  }
}

const endChild = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, 'close');
};

const whatOf = (path: string, body: Buffer): Asking['what'] => {
  if (!path.endsWith('/git-upload-pack')) return 'refs';
  const command = /^....command=(ls-refs|fetch)/s.exec(body.subarray(0, 40).toString('latin1'))?.[1];
  return command === 'ls-refs' || command === 'fetch' ? command : 'pack';
};

async function serveHttp({ root, latencyMs = 0, behave, tls }: ServeOptions): Promise<GitServer> {
  const requests: Asking[] = [];
  const children = new Set<ChildProcess>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
    const asking: Asking = {
      path: pathname,
      query: search.slice(1),
      method: request.method ?? 'GET',
      headers,
      count: requests.length,
      what: whatOf(pathname, body),
    };
    requests.push(asking);
    const behaviour = behave?.(asking) ?? {};
    if (latencyMs > 0) await new Promise((done) => setTimeout(done, latencyMs));
    if (behaviour.hang === true) return;
    if (behaviour.status !== undefined) {
      response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body ?? '');
      return;
    }
    await backend(root, asking, body, behaviour, response, children);
  };
  const listen = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => response.destroy());
  };
  const server: Server = tls === undefined ? createServer(listen) : createSecureServer(tls, listen);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    for (const child of children) child.kill('SIGKILL');
    await once(server, 'close');
  };
  const base = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/`;
  return made(base, port, requests, close, () => promisify(server.getConnections.bind(server))());
}

/** `git http-backend`, a CGI program. */
async function backend(
  root: string,
  { path, query, method, headers }: Asking,
  body: Buffer,
  { protocol, rewrite, settings = [], dropAfter, stallAfter }: Behaviour,
  response: ServerResponse,
  children: Set<ChildProcess>,
): Promise<void> {
  const spoken = protocol === undefined ? (headers['git-protocol'] ?? '') : protocol === 1 ? 'version=1' : '';
  const child = spawn('git', ['http-backend'], {
    env: {
      ...SERVER_ENV,
      ...settingsInEnv([
        ['safe.directory', '*'],
        ['uploadpack.allowFilter', 'true'],
        ...settings.map((setting) => [setting.slice(0, setting.indexOf('=')), setting.slice(setting.indexOf('=') + 1)] as const),
      ]),
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: method,
      REMOTE_ADDR: '127.0.0.1',
      CONTENT_TYPE: headers['content-type'] ?? '',
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: spoken,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.add(child);
  child.stdin.on('error', () => {});
  child.stdin.end(body);
  const pieces: Buffer[] = [];
  for await (const piece of child.stdout) pieces.push(piece as Buffer);
  children.delete(child);
  const whole = Buffer.concat(pieces);
  const end = whole.indexOf('\r\n\r\n');
  const said = Object.fromEntries(
    whole
      .subarray(0, end)
      .toString('latin1')
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const { Status: status = '200', ...rest } = said;
  const sent = (rewrite ?? ((bytes: Buffer) => bytes))(whole.subarray(end + 4));
  response.writeHead(Number.parseInt(status, 10), rest);
  const limit = dropAfter ?? stallAfter;
  if (limit === undefined || sent.length <= limit) {
    response.end(sent);
    return;
  }
  response.write(sent.subarray(0, limit), () => dropAfter !== undefined && response.destroy());
}
