import type { Benchmark } from '../benchmark.ts';
import { sideBySide } from '../side-by-side.ts';
import { startWeeloCloud } from '../weelo-cloud.ts';

const calls = 300;
const verifications = 3000;
/** The edge (parsing, logs, headers, the answer's check) and the use case, over what must be asked and signed. */
const atMost = 3;

export const login: Benchmark = {
  name: 'login',
  summary: 'Login and what every call begins with, in a warm function, against the same asked bare',
  against: 'bare clients',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const { variables } = cloud.processOf('auth');
    // Before anything is loaded that reads its settings at once.
    Object.assign(process.env, variables);
    const { openLoginSides } = await import('./sides.ts');
    const sides = await openLoginSides(variables);
    try {
      say(`${calls} calls of each side, ${verifications} verifications`);
      const { verifyOtp, profile, verification } = sides;
      return [
        await sideBySide({ ...verifyOtp, calls, atMost }),
        await sideBySide({ ...profile, calls, atMost }),
        await sideBySide({ ...verification, calls: verifications, atMost }),
      ];
    } finally {
      await sides.close();
      await cloud.stop();
    }
  },
};
