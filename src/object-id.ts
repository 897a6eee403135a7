const GUID = /^(?!0{8}-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text can be the id of an account, or of a workspace: a GUID that is not all zeros, and never a name. */
export const isObjectId = (text: string): boolean => GUID.test(text);
