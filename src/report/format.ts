import type { Report, Severity } from './finding.ts';

export const FORMATS = ['text', 'json', 'sarif', 'junit', 'github'] as const;
export type Format = (typeof FORMATS)[number];

export const isFormat = (text: unknown): text is Format => FORMATS.some((format) => format === text);

export interface RenderOptions {
  readonly colour: boolean;
  readonly columns: number;
  /** Of the program. */
  readonly version: string;
  /** What counts as a failed test in junit. Default error. */
  readonly failOn?: Severity;
}

/** Loads the one format that is asked for. */
export const render = async (report: Report, format: Format, options: RenderOptions): Promise<string> => {
  const tool = { name: 'kei-git', version: options.version };
  switch (format) {
    case 'text':
      return (await import('./text.ts')).renderText(report, options);
    case 'json':
      return (await import('./json.ts')).renderJson(report, tool);
    case 'sarif':
      return (await import('./sarif.ts')).renderSarif(report, tool);
    case 'junit':
      return (await import('./junit.ts')).renderJunit(report, options);
    case 'github':
      return (await import('./github.ts')).renderGithub(report);
  }
};
