/** Somebody of the help desk, or one of the organisation's own tools. `id`: "slack:T1:U1", "desk:...", "key:<name>". */
export interface Staff {
  id: string;
  name: string;
}
