/** Replaces a module in a bundle that is only needed for features that none of our functions uses. */
export const nothing = {};
