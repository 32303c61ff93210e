import { phoneFrom } from '../identity/phone.ts';
import { askToJoin, pendingRecruit, type RecruitDeps } from './recruit.ts';

interface Input {
  readonly transporterId: string;
  readonly phone: string;
}

export async function resendOnboardingCode(input: Input, deps: RecruitDeps) {
  const phone = phoneFrom(input.phone, 'phone');
  return askToJoin(phone, await pendingRecruit(phone, input.transporterId, deps), deps);
}
