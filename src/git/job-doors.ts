import { platform } from 'node:os';
import { cores, findJobProgram } from '../sys/job-program.ts';
import { startJob } from '../sys/job-run.ts';
import { eventFiles } from './event-files.ts';
import { watchIndex } from './job-index.ts';
import { underway } from './job-state.ts';
import { elsewhere } from './run.ts';

/** What running users' commands needs of the world. */
export const jobDoors = { platform: platform(), cores, findJobProgram, startJob, watchIndex, underway, elsewhere, eventFiles };
