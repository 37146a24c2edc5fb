# The converter with Pango and fonts, for jobs and servers: docker build -t digest-converter .
#
#   docker run --rm -v "$PWD:/work" digest-converter build my-site -o out
#
# A smoke test plays these steps without Docker: tests/conformance/test_dockerfile.py.
FROM python:3.13-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/*

# One CJK family; FONTS=fonts takes all of them.
ARG FONTS=zh
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY converter converter
COPY themes themes
COPY docs/diagnostics.md docs/diagnostics.md
RUN pip install --no-cache-dir --no-compile ".[$FONTS]" && rm -rf /src/*

RUN useradd --create-home reader
USER reader
WORKDIR /work
ENTRYPOINT ["converter"]
CMD ["--help"]
