import { parseActionlint, type Actionlint } from '../lint/actionlint.ts';

type Text = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'failed'; readonly reason: string };

/** An actionlint of this machine as the rules ask it. */
export const asEngine = (program: { readonly version: string; judge(path: string, bytes: Uint8Array): Promise<Text> }): Actionlint => ({
  version: program.version,
  judge: async (path, bytes) => {
    const answer = await program.judge(path, bytes);
    if (answer.kind === 'failed') return answer;
    const findings = parseActionlint(answer.text);
    return findings === undefined ? { kind: 'failed', reason: 'actionlint wrote what is no list of findings' } : { kind: 'said', findings };
  },
});
