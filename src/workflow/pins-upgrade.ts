import type { CheckContext } from '../check.ts';
import type { Remark } from '../pins/remark.ts';
import { findUpgrade, showDays } from '../pins/upgrade.ts';
import { printable } from '../report/printable.ts';
import type { PinsOptions } from './pins.ts';

/** Says of each pin which newer release there is. */
export const upgrading =
  (context: CheckContext, major: boolean): NonNullable<PinsOptions['more']> =>
  async (pin, answer, remotes): Promise<readonly Remark[]> => {
    const minAgeMs = context.policy.config.workflow.pins['min-age'];
    const upgrade = await findUpgrade(pin, answer, remotes, { minAgeMs, now: context.now(), major });
    const { name } = pin.place;
    switch (upgrade.kind) {
      case 'newer':
        return [
          {
            id: 'outdated',
            severity: 'note',
            message: `${name} ${upgrade.from} has become ${upgrade.tag}`,
            hint: `${upgrade.tag} is ${upgrade.wanted.commit ?? ''}`,
            wanted: upgrade.wanted,
          },
        ];
      case 'young':
        return [
          { id: 'outdated', severity: 'note', message: `${name} ${upgrade.tag} is ${showDays(upgrade.ageMs)} old: too young to be taken` },
        ];
      case 'unknown':
        return [
          {
            id: 'no-answer',
            severity: 'note',
            message: `whether there is a newer ${name} could not be looked at: ${printable(upgrade.reason)}`,
          },
        ];
      case 'newest':
      case 'unversioned':
        return [];
    }
  };
