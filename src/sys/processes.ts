import { platform } from 'node:os';
import process, { kill, pid } from 'node:process';
import { errorCode } from './files.ts';

/** This process among those of the machine. */
export const ownId = (): number => pid;

/** Groups of processes can be started and ended as one. */
export const HAS_GROUPS = platform() !== 'win32';

/** Ends a child that was started `detached`, and all that it started; on Windows it alone. With SIGTERM they may clear up first. */
export const endGroup = (id: number, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): void => {
  try {
    kill(HAS_GROUPS ? -id : id, signal);
  } catch {
    // It has ended meanwhile.
  }
};

const open = new Set<number>();
const endOpen = (): void => {
  for (const id of open) endGroup(id);
};

/** Ends a group when this process ends before, in whatever way but by SIGKILL. Gives back how to let it be. */
export const endWithUs = (id: number): (() => void) => {
  if (open.size === 0) process.on('exit', endOpen);
  open.add(id);
  return () => {
    open.delete(id);
    if (open.size === 0) process.off('exit', endOpen);
  };
};

/** True while a process of a group is there. */
export const groupIsAlive = (id: number): boolean => isAlive(-id);

/** True while there is a process of that number, whoever's. */
export const isAlive = (id: number): boolean => {
  try {
    kill(id, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
};
