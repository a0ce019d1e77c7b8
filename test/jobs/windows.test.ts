import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBatch, startedBy } from '../../src/jobs/windows.ts';

/** As cmd.exe reads a line once: a caret takes the meaning of the next character. @throws where a character would have one */
const readByCmd = (line: string): string => {
  let out = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    if (character === '^') out += line[++at] ?? '';
    else if (/[()%!"`<>&|;,*?]/.test(character)) throw new Error(`${character} at ${at} has a meaning`);
    else out += character;
  }
  return out;
};

/** As a program of the Microsoft C runtime finds its arguments. */
const argvOf = (line: string): string[] => {
  const args: string[] = [];
  let current: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length;) {
    const [slashes = ''] = /^\\*/.exec(line.slice(at)) ?? [];
    at += slashes.length;
    if (line[at] === '"') {
      current = (current ?? '') + '\\'.repeat(slashes.length >> 1);
      if (slashes.length % 2 === 1) current += '"';
      else quoted = !quoted;
      at++;
    } else if (slashes !== '') current = (current ?? '') + slashes;
    else if (line[at] === ' ' && !quoted) {
      if (current !== undefined) args.push(current);
      current = undefined;
      at++;
    } else current = (current ?? '') + (line[at++] ?? '');
  }
  return current === undefined ? args : [...args, current];
};

const SHIM = String.raw`C:\r\node_modules\.bin\eslint.cmd`;
const BATCH = String.raw`C:\tools\lint.bat`;
const word = fc.string({ unit: fc.constantFrom(...String.raw`ab \"^%&|<>()!,;*?'é-/`), maxLength: 12 });

test.for([
  { program: SHIM, times: 2 },
  { program: BATCH, times: 1 },
])('every argument reaches what $program starts as it was', ({ program, times }) => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (args) => {
      const started = startedBy(program, args, 'cmd.exe');
      expect(started?.program).toBe('cmd.exe');
      expect(started?.args.slice(0, 3)).toEqual(['/d', '/s', '/c']);
      // With /s the outermost quotes are taken off and the rest is one line.
      const whole = started?.args[3] ?? '';
      expect([whole[0], whole.at(-1)]).toEqual(['"', '"']);
      let line = readByCmd(whole.slice(1, -1));
      expect(line.startsWith(`${program} `) || args.length === 0).toBe(true);
      line = line.slice(program.length + 1);
      for (let more = 1; more < times; more++) line = readByCmd(line);
      expect(argvOf(line)).toEqual(args);
    }),
    { numRuns: 500 },
  );
});

test('a blank in the path of a program is part of it', () => {
  expect(startedBy(String.raw`C:\Program Files\x.cmd`, ['a b'], 'cmd.exe')).toEqual({
    program: 'cmd.exe',
    args: ['/d', '/s', '/c', String.raw`"C:\Program^ Files\x.cmd ^"a^ b^""`],
    verbatim: true,
  });
});

test('what needs no cmd.exe is started as it is, and a line break cannot be handed to it', () => {
  expect(startedBy('/usr/bin/x', ['a b', '%PATH%', 'x\ny'], 'cmd.exe')).toEqual({
    program: '/usr/bin/x',
    args: ['a b', '%PATH%', 'x\ny'],
    verbatim: false,
  });
  expect(startedBy(SHIM, ['a\nb'], 'cmd.exe')).toBeUndefined();
  expect(['x.cmd', 'x.BAT', 'x.exe', 'x', 'x.cmd.exe'].map(isBatch)).toEqual([true, true, false, false, false]);
});
