import { setMaxListeners } from 'node:events';

/** Any number of children and reads may wait for one signal; Node would take more than ten for a leak. */
export const manyListeners = (signal: AbortSignal): void => setMaxListeners(0, signal);
