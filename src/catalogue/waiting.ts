/** What it costs to let a truck wait at the pickup or at the drop. */
export interface WaitingTerms {
  readonly freeMinutes: number;
  /** In rupees. */
  readonly perMinute: number;
}

const usual: WaitingTerms = { freeMinutes: 5, perMinute: 5 };

/** By the id of a vehicle type: terms that differ from the usual ones. There are none yet. */
const special: ReadonlyMap<string, WaitingTerms> = new Map();

export function waitingTermsOf(vehicleType: string): WaitingTerms {
  return special.get(vehicleType) ?? usual;
}
