/** Kinds of content that must not leave. */
export const CATEGORIES = ['secret', 'personal', 'patent-ip', 'internal-infra', 'private-project'] as const;
export type Category = (typeof CATEGORIES)[number];
