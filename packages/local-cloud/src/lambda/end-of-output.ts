/** Printed by the runtime when a request is answered. No function prints it. */
export const endOfOutput = '\u0000end of a request\u0000';
