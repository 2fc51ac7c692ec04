"""HTTP responses as archives keep them: headers, media types, and bodies without their codings."""
