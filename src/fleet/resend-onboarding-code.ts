import { phoneFrom } from '../identity/phone.ts';
import { askToJoin, pendingRecruit, type RecruitDeps } from './recruit.ts';

interface Input {
  readonly transporterId: string;
  readonly phone: string;
}

export async function resendOnboardingCode({ transporterId, ...input }: Input, deps: RecruitDeps) {
  const asking = { phone: phoneFrom(input.phone, 'phone'), transporterId };
  return askToJoin(asking, await pendingRecruit(asking, deps), deps);
}
