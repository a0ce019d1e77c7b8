import type { Line, Plan, Step } from './state.ts';

interface Written {
  readonly bytes: Buffer;
  readonly mode: number | undefined;
  readonly was: Buffer | undefined;
}
/** `add` before the configuration is changed, `clear` after it: at each instant git is led to files that are there. */
type Phase = 'add' | 'switch' | 'clear';

/** A plan that is being made. */
export interface Draft {
  same(event: string | undefined, path: string, words: string): void;
  line(event: string | undefined, path: string, words: string): void;
  write(event: string | undefined, path: string, words: string, written: Written, phase?: Phase): void;
  config(path: string, words: string, written: Written): void;
  aside(event: string, path: string, words: string, moved: { readonly to: string; readonly bytes: Buffer }): void;
  back(event: string, path: string, words: string, moved: { readonly from: string; readonly was: Buffer | undefined }): void;
  remove(event: string | undefined, path: string, words: string, was: Buffer): void;
  /** Something too small for a line of its own. */
  silently(step: Step, phase: Phase): void;
  removeFolder(path: string): void;
  refuse(problem: string): void;
  remark(remark: string): void;
  plan(): Plan;
}

const EXECUTABLE = 0o755;

export const openDraft = (): Draft => {
  const lines: Line[] = [];
  const steps: Record<Phase, Step[]> = { add: [], switch: [], clear: [] };
  const folders = new Set<string>();
  const problems: string[] = [];
  const remarks: string[] = [];
  const say = (event: string | undefined, path: string, words: string, same = false): void => void lines.push({ event, path, words, same });
  return {
    same: (event, path, words) => say(event, path, words, true),
    line: (event, path, words) => say(event, path, words),
    write(event, path, words, written, phase = 'add') {
      say(event, path, words);
      steps[phase].push({ kind: 'write', path, ...written });
    },
    config(path, words, written) {
      say(undefined, path, words);
      steps.switch.push({ kind: 'config', path, ...written });
    },
    aside(event, path, words, { to, bytes }) {
      say(event, path, words);
      steps.add.push({ kind: 'aside', path, to, bytes, mode: EXECUTABLE });
    },
    back(event, path, words, { from, was }) {
      say(event, path, words);
      steps.clear.push({ kind: 'back', path: from, to: path, was });
    },
    remove(event, path, words, was) {
      say(event, path, words);
      steps.clear.push({ kind: 'remove', path, was });
    },
    silently: (step, phase) => void steps[phase].push(step),
    removeFolder: (path) => void folders.add(path),
    refuse: (problem) => void problems.push(problem),
    remark: (remark) => void remarks.push(remark),
    plan: () => ({
      lines,
      steps: [...steps.add, ...steps.switch, ...steps.clear, ...[...folders].map((path): Step => ({ kind: 'remove-folder', path }))],
      problems,
      remarks,
    }),
  };
};
