import type { Role } from '../../contract/wire.ts';
import type { UserRow } from './account-store.ts';
import { maskedPhone, phoneFrom } from './phone.ts';

/** An account, as an operator names it: one phone can have one of each role. */
export interface NamedAccount {
  readonly phone: string;
  readonly role: Role;
}

export function accountNamed({ phone, role }: NamedAccount): NamedAccount {
  return { phone: phoneFrom(phone, 'phone'), role };
}

/** This text is for operators. It says what is wrong with their input. */
export function noSuchAccount({ phone, role }: NamedAccount): Error {
  return new Error(`There is no ${role} with the number ${maskedPhone(phone)}.`);
}

/** What an operator is shown of an account: enough to see that it is the right one. */
export function accountFacts({ id, role, name, phone }: UserRow) {
  return { userId: id, role, name, phone: maskedPhone(phone) };
}
