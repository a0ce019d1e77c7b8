import { spawn } from 'node:child_process';

/** A terminal session in a page: a fenced block whose first line is `console run`, or `console run=NAME` to go on in the repository of that name. */
export interface Session {
  /** Line of the page that its first command stands on. */
  readonly line: number;
  readonly name: string | undefined;
  readonly steps: readonly Step[];
}
export interface Step {
  /** Lines after `$ `, and after `> ` where it goes on. */
  readonly command: string;
  /** Every line that follows, without the last newline. */
  readonly output: string;
}

const BLOCK = /^```console run(?:=([\w-]+))?\n([^]*?)^```$/gm;

const stepsOf = (body: string): Step[] => {
  const steps: { command: string; output: string[] }[] = [];
  for (const line of body.replace(/\n$/, '').split('\n')) {
    const last = steps.at(-1);
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: [] });
    else if (last === undefined) throw new Error(`a session begins with a command, not with: ${line}`);
    else if (/^> ?/.test(line) && last.output.length === 0) last.command += `\n${line.replace(/^> ?/, '')}`;
    else last.output.push(line);
  }
  return steps.map(({ command, output }) => ({ command, output: output.join('\n') }));
};

export const sessionsOf = (page: string): Session[] =>
  [...page.matchAll(BLOCK)].map((match) => ({
    line: page.slice(0, match.index).split('\n').length + 1,
    name: match[1],
    steps: stepsOf(match[2] ?? ''),
  }));

/** The page with the sessions' output in place of what stands there. @param outputs by session and step */
export const withOutputs = (page: string, outputs: readonly (readonly string[])[]): string => {
  let next = 0;
  return page.replace(BLOCK, (_, name: string | undefined, body: string) => {
    const made = outputs[next++] ?? [];
    const lines = stepsOf(body).map(
      ({ command }, i) =>
        `$ ${command.replaceAll('\n', '\n> ').replaceAll('\n> \n', '\n>\n')}\n${(made[i] ?? '') === '' ? '' : `${made[i]}\n`}`,
    );
    return `\`\`\`console run${name === undefined ? '' : `=${name}`}\n${lines.join('')}\`\`\``;
  });
};

const MARK = '\u0001done\u0001';

/** What each command prints on both streams, as a terminal shows it; all run in one shell. */
export const runSession = ({ steps }: Session, cwd: string, env: Readonly<Record<string, string>>): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const script = steps.map(({ command }) => `${command}\n__kept=$?; printf '${MARK}'; (exit $__kept)\n`).join('');
    const shell = spawn('/bin/sh', ['-c', `exec 2>&1\n${script}`], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const parts: Buffer[] = [];
    shell.stdout.on('data', (part: Buffer) => parts.push(part));
    shell.on('error', reject);
    shell.on('close', () =>
      resolve(
        Buffer.concat(parts)
          .toString()
          .split(MARK)
          .slice(0, -1)
          .map((text) => text.replace(/\n$/, '')),
      ),
    );
  });
