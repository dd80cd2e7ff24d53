"""What we ask of Vidyo, described as WSDL in our own words."""
