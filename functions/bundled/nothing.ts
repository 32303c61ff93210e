/** Stands in a bundle for a module that its clients load only for what no function of ours asks for. */
export const nothing = {};
