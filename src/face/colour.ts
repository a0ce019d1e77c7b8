/** FORCE_COLOR wins over NO_COLOR, as in Node; both win over what the output is. */
export const wantsColour = (env: Readonly<Record<string, string | undefined>>, isTTY: boolean): boolean => {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return isTTY;
};
