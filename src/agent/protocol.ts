/**
 * What the help desk's server and the agent on an employee's computer say to each other: the only thing of the
 * agent's that the server shares, beside the judgement of certificates.
 */
export * from './protocol/actions.ts';
export * from './protocol/code.ts';
export * from './protocol/command.ts';
export * from './protocol/frames.ts';
export * from './protocol/keys.ts';
export * from './protocol/pairing.ts';
export * from './protocol/reports.ts';
export * from './protocol/signed.ts';
