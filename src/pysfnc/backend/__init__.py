"""From planned states to Amazon States Language: JSONata trees, names, the definition and its source map."""
