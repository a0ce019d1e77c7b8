import { openDraft } from './draft.ts';
import { putChain, takeChain } from './plan-chain.ts';
import { bringBack, putInFolder, takeFromFile } from './plan-folder.ts';
import type { Found, FoundFolder, Plan, Wanted } from './state.ts';

const isUsable = ({ kind }: FoundFolder): boolean => kind === 'folder' || kind === 'absent';

/** From what is there to what is wanted. Nothing wanted: everything of ours goes. */
export const planHooks = ({ hooks, chains }: Found, wanted: Wanted): Plan => {
  const draft = openDraft();
  if (wanted.inHooks) {
    if (!isUsable(hooks)) draft.refuse(`${hooks.path} is no folder; move it away`);
    else {
      if (hooks.kind === 'absent') draft.silently({ kind: 'folder', path: hooks.path }, 'add');
      else if (!hooks.writable) draft.refuse(`${hooks.path} is read-only`);
      for (const [event, block] of wanted.blocks) putInFolder(hooks, event, block, draft);
    }
  }
  for (const chain of chains) {
    const here = wanted.chains.find(({ config }) => config === chain.config);
    if (here !== undefined) putChain(chain, here, wanted.blocks, draft);
  }
  for (const chain of chains) if (!wanted.chains.some(({ config }) => config === chain.config)) takeChain(chain, draft);
  if (hooks.kind === 'folder') {
    const stays = (name: string): boolean => wanted.inHooks && wanted.blocks.has(name);
    for (const file of hooks.files) if (!stays(file.event)) takeFromFile(hooks, file, draft);
    bringBack(hooks, draft);
  }
  return draft.plan();
};
