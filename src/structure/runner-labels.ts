/** Systems of the runners that a forge hosts. */
export type System = 'linux' | 'windows' | 'macos';

// https://docs.github.com/actions/reference/runners/github-hosted-runners and github.com/actions/runner-images, 2026-11
const HOSTED =
  /^(?:(ubuntu)-(?:latest|slim|22\.04|24\.04|26\.04)(?:-arm)?|(windows)-(?:latest|2022|2025|2025-vs2026|11-arm|2022-arm)|(macos)-(?:latest|14|15|26)(?:-(?:large|xlarge|intel))?)$/;
const RETIRED = /^(?:ubuntu-(?:16\.04|18\.04|20\.04)|windows-(?:2016|2019)|macos-(?:10(?:\.1\d)?|11(?:\.0)?|12|13)(?:-(?:large|xlarge))?)$/;
/** As the forge would call one of its own: a system and a word or a number, nothing else. */
const LIKE_HOSTED = /^(?:ubuntu|windows|macos|linux)-(?:[a-z]+|\d+(?:\.\d+)?)$/;
const NEWEST: Readonly<Record<string, number>> = { ubuntu: 26.04, windows: 2025, macos: 26 };
/** What every runner of one's own has, by system, processor and kind. */
const OWN = new Map<string, System | undefined>([
  ['self-hosted', undefined],
  ['linux', 'linux'],
  ['windows', 'windows'],
  ['macos', 'macos'],
  ['x64', undefined],
  ['x86', undefined],
  ['arm', undefined],
  ['arm64', undefined],
]);

export type LabelVerdict = 'hosted' | 'retired' | 'misspelt' | 'own' | 'unknown';

/** What a label of `runs-on` is, as far as its text says. A version newer than what is known here counts as hosted. */
export const judgeLabel = (label: string): LabelVerdict => {
  const text = label.toLowerCase();
  if (HOSTED.test(text)) return 'hosted';
  if (OWN.has(text)) return 'own';
  if (RETIRED.test(text)) return 'retired';
  if (!LIKE_HOSTED.test(text)) return 'unknown';
  const [family = '', version = ''] = text.split('-');
  return Number(version) > (NEWEST[family] ?? Infinity) ? 'hosted' : 'misspelt';
};

/** The system that a label stands for; undefined: any, or not known. */
export const systemOf = (label: string): System | undefined => {
  const text = label.toLowerCase();
  const [, ubuntu, windows, macos] = HOSTED.exec(text) ?? [];
  if (ubuntu !== undefined) return 'linux';
  if (windows !== undefined) return 'windows';
  if (macos !== undefined) return 'macos';
  return OWN.get(text);
};
