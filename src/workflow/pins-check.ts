import type { Check } from '../check.ts';

/** What a change adds is proven, on the network where nothing is known of it; what stands there already is judged by what is known. */
export const check: Check = {
  id: 'workflow-pins',
  summary: 'commits that workflows are pinned to: they exist, belong to their repository and are what their comments say',
  applies: ({ event }) => event !== 'commit-msg' && event !== 'mirror',
  builtinRules: () => Promise.resolve([]),
  run: async (target, context) => {
    const [{ lookAtPins }, { lookAtLock }] = await Promise.all([import('./pins.ts'), import('./lock-check.ts')]);
    const isProven = target.changes !== undefined || target.event === 'ci';
    const outcome = await lookAtPins(target, { offline: !isProven, follow: false, brief: !isProven }, context);
    const lock = await lookAtLock(target, isProven, context);
    return {
      ...outcome,
      findings: [...outcome.findings, ...lock.findings],
      skipped: [...outcome.skipped, ...lock.skipped],
      files: outcome.files + lock.files,
      bytes: outcome.bytes + lock.bytes,
      overview: [],
    };
  },
};
