import { InterruptedError } from '../errors.ts';
import type { Place } from '../command.ts';
import { collectStderr, ended, type GitChild, start } from './child.ts';
import { gitFailure, objectAtFault } from './failure.ts';
import { DEFAULT_LIMIT } from './objects.ts';
import { createResponseParser, type ObjectAnswer } from './response.ts';

interface Question {
  readonly name: string;
  readonly answer: (answer: ObjectAnswer) => void;
  readonly fail: (error: unknown) => void;
}

interface Running {
  readonly child: GitChild;
  readonly stderr: () => string;
}

const CAT_FILE: readonly string[] = ['cat-file', '--batch'];

/**
 * One long-lived `git cat-file --batch` for questions that come one after the other. It starts with the first question and
 * does not keep Node alive between questions. Not for bulk: each answer is a write of its own.
 */
export class ObjectSession {
  readonly #place: Place;
  readonly #limit: number;
  readonly #waiting: Question[] = [];
  #running: Running | undefined;
  #closed = false;

  constructor(place: Place, limit: number = DEFAULT_LIMIT) {
    this.#place = place;
    this.#limit = limit;
  }

  /** @param name an object name or `<tree>:<path>`, `:0:<path>`; without newline */
  ask(name: string | Buffer): Promise<ObjectAnswer> {
    const text = typeof name === 'string' ? name : name.toString('latin1');
    const bytes = typeof name === 'string' ? Buffer.from(`${name}\n`) : Buffer.concat([name, Buffer.from('\n')]);
    if (this.#closed || text.includes('\n')) return Promise.resolve({ kind: 'missing' });
    return new Promise((answer, fail) => {
      this.#waiting.push({ name: bytes.toString('latin1'), answer, fail });
      try {
        this.#running ??= this.#start();
      } catch (error) {
        this.#waiting.pop();
        fail(error);
        return;
      }
      hold(this.#running.child, true);
      this.#running.child.stdin.write(bytes);
    });
  }

  close(): void {
    this.#closed = true;
    this.#running?.child.stdin.end();
    this.#running?.child.kill('SIGKILL');
  }

  #start(): Running {
    const child = start(this.#place, CAT_FILE);
    const running = { child, stderr: collectStderr(child) };
    const parser = createResponseParser(this.#limit);
    child.stdout.on('data', (piece: Buffer) => {
      for (const answer of parser.feed(piece)) this.#waiting.shift()?.answer(answer);
      if (this.#waiting.length === 0) hold(child, false);
    });
    ended(this.#place, child).then(
      (code) => this.#gone(running, code),
      (error: unknown) => this.#failAll(error),
    );
    return running;
  }

  #gone(running: Running, code: number | NodeJS.Signals): void {
    this.#running = undefined;
    if (this.#closed) return this.#failAll(new InterruptedError('interrupted'));
    const first = this.#waiting[0];
    if (first === undefined) return;
    const stderr = running.stderr();
    // Git names the object it died of; anything else would hit the next question as well.
    const kind = objectAtFault(stderr);
    if (kind === undefined) return this.#failAll(gitFailure(this.#place, CAT_FILE, code, stderr));
    this.#waiting.shift()?.answer({ kind });
    if (this.#waiting.length === 0) return;
    this.#running = this.#start();
    hold(this.#running.child, true);
    for (const { name } of this.#waiting) this.#running.child.stdin.write(Buffer.from(name, 'latin1'));
  }

  #failAll(error: unknown): void {
    this.#running = undefined;
    for (const question of this.#waiting.splice(0)) question.fail(error);
  }
}

/** Whether the child keeps Node alive. An idle one must not; one that owes an answer must. */
function hold(child: GitChild, on: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) {
    const { ref, unref } = handle as { ref?: () => void; unref?: () => void };
    (on ? ref : unref)?.call(handle);
  }
}
