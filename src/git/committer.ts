import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { platform } from 'node:os';
import { isAlive } from '../sys/processes.ts';

/** A process that cannot be mistaken for a later one with its number. */
export interface Owner {
  readonly pid: number;
  /** When it began, as the system says it; undefined where nobody does. */
  readonly began: string | undefined;
  /** The running system, and the container, that the number counts in; undefined where nobody says. */
  readonly world: string | undefined;
}

interface Known {
  readonly parent: number;
  readonly began: string;
  readonly name: string;
}

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
};

// proc(5): the name stands in parentheses and may hold some; the parent is the 4th field, the start the 22nd.
const ofProc = (pid: number): Known | undefined => {
  const text = textOf(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined; // it has ended, and waits for its parent to hear of it
  return { parent: Number(fields[1]), began: fields[19] ?? '', name: text.slice(text.indexOf('(') + 1, close) };
};

const ofPs = (pid: number): Known | undefined => {
  const { status, stdout } = spawnSync('/bin/ps', ['-o', 'ppid=,lstart=,comm=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
  });
  const [, parent, began, name] = /^\s*(\d+)\s+(\w+ +\w+ +\d+ +[\d:]+ +\d+)\s+(.*)$/m.exec(stdout ?? '') ?? [];
  return status === 0 && parent !== undefined && began !== undefined ? { parent: Number(parent), began, name: name ?? '' } : undefined;
};

const ofWindows = (pid: number): Known | undefined => {
  const asked = `$p = Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}'; "$($p.ParentProcessId)|$($p.CreationDate.Ticks)|$($p.Name)"`;
  const { status, stdout } = spawnSync('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', asked], {
    encoding: 'utf8',
    windowsHide: true,
  });
  const [parent = '', began = '', name = ''] = (stdout ?? '').trim().split('|');
  return status === 0 && began !== '' ? { parent: Number(parent), began, name } : undefined;
};

const known = (pid: number): Known | undefined =>
  platform() === 'linux' ? ofProc(pid) : platform() === 'win32' ? ofWindows(pid) : ofPs(pid);

// The kernel's number of a start, and the container's count of processes.
const worldNow = (): string | undefined => {
  if (platform() !== 'linux') return undefined;
  try {
    return `${textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? ''} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
};

export const ownerOf = (pid: number): Owner => ({ pid, began: known(pid)?.began, world: worldNow() });

const FAR = 64; // processes upwards

const isGit = (name: string): boolean => /^(.*[\\/])?git(\.exe)?$/i.test(name);

/**
 * The git that a hook belongs to: the nearest process of that name above; else, where git has another name, the one that started the hook's shell.
 * @param from a process of the hook
 */
export function gitAbove(from: number): Owner | undefined {
  const chain: number[] = [];
  let seen = known(from);
  for (let pid = from; seen !== undefined && pid > 1 && chain.length < FAR;) {
    const { parent, name } = seen;
    if (isGit(name)) return ownerOf(pid);
    chain.push(pid);
    pid = parent;
    seen = known(pid);
  }
  const [, , above] = chain;
  return above === undefined ? undefined : ownerOf(above);
}

/** Whether a process still runs. `unknown`: its number counts in another container. */
export function runs({ pid, began, world }: Owner): 'yes' | 'no' | 'unknown' {
  const [boot, container] = (world ?? '').split(' ');
  const [bootNow, containerNow] = (worldNow() ?? '').split(' ');
  if (boot !== bootNow) return 'no';
  if (container !== containerNow) return 'unknown';
  if (!isAlive(pid)) return 'no';
  const now = known(pid);
  if (platform() === 'linux') return now !== undefined && now.began === began ? 'yes' : 'no';
  return now === undefined || began === undefined || now.began === began ? 'yes' : 'no';
}
