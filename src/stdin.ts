import type { Context } from './command.ts';

/** All of standard input. */
export const readStdin = async ({ stdin }: Pick<Context, 'stdin'>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of stdin) parts.push(part);
  return Buffer.concat(parts);
};
