/**
 * What Slack takes, in characters or elements (docs.slack.dev, Block Kit reference). More is answered with
 * `invalid_blocks`, which an employee would see as silence.
 */
export const limits = {
  blocksInMessage: 50,
  blocksInView: 100,
  /**
   * Of all blocks of a message as JSON. Slack documents no figure; `msg_blocks_too_long` was reported from about
   * 11,300 characters of text (slackapi/bolt-js, issues 2509 and 2867).
   */
  messageJson: 10_000,
  /** Slack truncates at 40,000 and advises 4,000. */
  notification: 4000,
  blockId: 255,
  actionId: 255,
  header: 150,
  section: 3000,
  fields: 10,
  field: 2000,
  contextElements: 10,
  contextText: 2000,
  actions: 25,
  buttonText: 75,
  buttonValue: 2000,
  overflowOptions: 5,
  optionText: 75,
  optionValue: 150,
  altText: 2000,
  imageUrl: 3000,
  inputLabel: 2000,
  inputHint: 2000,
  placeholder: 150,
  typedText: 3000,
  confirmTitle: 100,
  confirmText: 300,
  confirmYes: 30,
  modalTitle: 24,
  modalButton: 24,
  privateMetadata: 3000,
} as const;
