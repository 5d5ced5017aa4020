package grammar

// BatchBytes is how many bytes the scanner looks through at once.
const BatchBytes = batchBytes
