import { platform } from 'node:os';
import { cores, findJobProgram } from '../sys/job-program.ts';
import { startJob } from '../sys/job-run.ts';
import { eventFiles } from './event-files.ts';
import { watchFiles } from './job-files.ts';
import { watchIndex } from './job-index.ts';
import { underway } from './job-state.ts';
import type { FixView } from '../view.ts';
import { elsewhere } from './run.ts';
import type { openView } from './view.ts';

/** What running users' commands needs of the world. */
export const jobDoors = {
  platform: platform(),
  cores,
  findJobProgram,
  startJob,
  watchIndex,
  watchFiles,
  underway,
  elsewhere,
  eventFiles,
  openView: async (...asked: Parameters<typeof openView>): Promise<FixView> => (await import('./view.ts')).openView(...asked),
};
