import { phoneFrom } from '../../identity/accounts/phone.ts';
import { askToJoin, pendingRecruit, type RecruitDeps } from './recruit.ts';

interface Input {
  readonly transporterId: string;
  readonly address: string;
  readonly phone: string;
}

export async function resendOnboardingCode(input: Input, deps: RecruitDeps) {
  const { transporterId, address } = input;
  const asking = { phone: phoneFrom(input.phone, 'phone'), transporterId, address };
  return askToJoin(asking, await pendingRecruit(asking, deps), deps);
}
