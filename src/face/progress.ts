import type { Output, Progress } from '../command.ts';
import { printable } from '../report/printable.ts';

const AFTER_MS = 1000;
const EVERY_MS = 100;
const CLEAR = '\r\u001b[K';

/** One line that is rewritten on a terminal, first after a second; elsewhere nothing. `clock` gives milliseconds. */
export const progressOn = (output: Output, clock: () => number): Progress => {
  let label = '';
  let total: number | undefined;
  let done = 0;
  let next = Infinity;
  let shown = false;

  const draw = (now: number): void => {
    next = now + EVERY_MS;
    const much = total === undefined ? (done === 0 ? '' : ` ${done}`) : ` ${done}/${total}`;
    output.write(`${CLEAR}${printable(label).slice(0, Math.max(output.columns - much.length - 1, 0))}${much}`);
    shown = true;
  };
  const clear = (): void => {
    if (shown) output.write(CLEAR);
    shown = false;
  };

  return {
    start: (what, of) => {
      clear();
      [label, total, done, next] = [what, of, 0, output.isTTY ? clock() + AFTER_MS : Infinity];
    },
    advance: (by = 1) => {
      done += by;
      if (next === Infinity) return;
      const now = clock();
      if (now >= next) draw(now);
    },
    stop: () => {
      clear();
      next = Infinity;
    },
  };
};
