import type { SourceName } from '../source/predecessor.ts';

/** Something that a report counts, with an example that shows no phone in clear. */
export interface Finding<R extends string = string> {
  readonly reason: R;
  readonly example: string;
}

/** A row of the predecessor's in our terms: it can be imported if nobody else claims its key or its id. */
export interface Candidate {
  readonly source: SourceName;
  readonly sourceId: string;
  /** Its id here, if it is new here. */
  readonly id: string;
  /** What is unique here: a phone and a role, or a vehicle's number. */
  readonly key: string;
  /** The same for a report: the phone is masked. */
  readonly example: string;
  /** The predecessor's id of the transporter whose fleet it is in. Undefined for whoever is in no fleet. */
  readonly fleetOf: string | undefined;
  /** Our columns, without the fleet. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly createdAt: string | null;
  /** What is not imported of this row. */
  readonly leftOut: readonly Finding[];
  /** What is worth knowing of this row. */
  readonly notes: readonly Finding[];
}

export type Refusal = { readonly refused: Finding<RefusalReason> };

/** Why a row is not imported. */
export const refusals = {
  'no-phone': 'The row has no phone.',
  'phone-malformed': 'The phone is no Indian mobile number.',
  'role-unknown': 'The role is none of ours: customer, transporter, driver.',
  'phone-twice': 'Several rows have this number in the same role. None of them is imported.',
  'id-twice': 'Several rows would have the same id here. None of them is imported.',
  'id-taken-here': 'Another row has this id here.',
  'phone-taken-here': 'Its number is new, and another account here has it.',
  'role-changed': 'It was imported in another role.',
  'no-transporter': 'The row does not say whose fleet it is in.',
  'transporter-not-imported': 'Its transporter is not imported, or is no transporter.',
  'in-another-fleet-here': 'Another transporter has this driver or vehicle here.',
  'number-malformed': 'The vehicle number does not look like KA 01 AB 1234.',
  'number-twice': 'Several rows have this vehicle number. None of them is imported.',
  'number-taken-here': 'Its number is new, and another vehicle here has it.',
  'kind-unknown': 'The type and subtype are in no spelling that the catalogue knows.',
} as const;

export type RefusalReason = keyof typeof refusals;
