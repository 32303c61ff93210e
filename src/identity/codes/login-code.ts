import { createHmac } from 'node:crypto';
import type { Role } from '../../contract/wire.ts';

/** Seconds that a login code works. */
export const codeLife = 300;
/** Seconds that a code works by which a driver joins a fleet: two people pass it on. */
export const onboardingCodeLife = 600;
/** Seconds. */
export const cooldown = 30;
export const sendWindow = 600;
export const sendsPerWindow = 3;
/** From the first wrong code on. */
export const lockWindow = 600;
export const attemptsPerWindow = 5;

/** Whose a code is: a driver's login code is the driver's, though it goes to the transporter. */
export interface CodeAccount {
  readonly phone: string;
  readonly role: Role;
}

/** What a code is for, and for whom. */
export interface CodeSubject {
  readonly account: CodeAccount;
  /** Its key in Redis. What else is kept of it lies in the same slot. */
  readonly key: string;
  /** With what the names begin of what is kept beside the code. */
  readonly beside: string;
  /** With what the names begin of cooldown and number of sendings, which others may share. */
  readonly sendings: string;
  readonly lifeSeconds: number;
  /** What must still be so when the code is used. */
  readonly boundTo: string;
}

export function loginSubject(phone: string, role: 'customer' | 'transporter'): CodeSubject {
  const keys = ownKeys(`otp:${phone}:${role}`);
  return { account: { phone, role }, ...keys, lifeSeconds: codeLife, boundTo: '' };
}

/** P15: who changed fleets since the code was sent cannot use it: it went to the former transporter. */
export function driverSubject(
  driverPhone: string,
  driver: { readonly id: string; readonly transporterId: string },
): CodeSubject {
  const boundTo = `${driver.id} ${driver.transporterId}`;
  const keys = ownKeys(`driver-otp:${driverPhone}`);
  return { account: driverBy(driverPhone), ...keys, lifeSeconds: codeLife, boundTo };
}

/**
 * A driver says yes to one transporter: nobody else can use the code, use it up by wrong tries, or replace it. The
 * phone is spared whoever asks (P14): sendings are counted per phone, so its tag puts all of its keys in one slot.
 */
export function onboardingSubject(driverPhone: string, transporterId: string): CodeSubject {
  const phone = `driver-onboard:{${driverPhone}}`;
  const key = `${phone}:${transporterId}`;
  return {
    account: driverBy(driverPhone),
    key,
    beside: key,
    sendings: phone,
    lifeSeconds: onboardingCodeLife,
    boundTo: '',
  };
}

function driverBy(phone: string): CodeAccount {
  return { phone, role: 'driver' };
}

function ownKeys(key: string) {
  return { key, beside: `{${key}}`, sendings: `{${key}}` };
}

/** A whole number below `limit`, each as likely as another: from a CSPRNG. */
export type RandomBelow = (limit: number) => number;

export function newCode(randomBelow: RandomBelow): string {
  return String(randomBelow(1_000_000)).padStart(6, '0');
}

/** P13: what stands at rest in the place of a code. A million codes are soon tried: hence the key. */
export function digestOf(key: Uint8Array, subject: CodeSubject, code: string): string {
  return createHmac('sha256', key)
    .update(`${subject.key}\n${subject.boundTo}\n${code}`)
    .digest('hex');
}
